// Made from collabcomm.engine by `collabcomm schema`; change it there.

export type Basis = "summary" | "theory" | "law" | "judgement";

export type Support = "well" | "partly" | "poorly";

export type ChoiceSupport = "well" | "partly" | "poorly" | "contested";

export type EndingKind = "good" | "mixed" | "poor";

export type Purpose = "practice" | "graded" | "questionnaire";

export type Weights = Record<string, number>;

export type Meters = Record<string, number>;

export type Given = string | string[] | Record<string, string> | null;

/** Marks earned, of how many. */
export interface Marks {
  raw: number;
  max: number;
}

/** A link to what a text rests on; `href` leads from the site's root. */
export interface Evidence {
  label: string;
  href: string;
  kind: "claim" | "source";
}

/** A page to read; `href` leads from the site's root. */
export interface Link {
  title: string;
  href: string;
}

/** A step, an answer, or a point of a scale. `text` is inline HTML. */
export interface Part {
  id: string;
  text: string;
}

/** An option. `text` is inline HTML, `feedback` HTML; it is absent where the key is. */
export interface Option {
  id: string;
  text: string;
  feedback?: string | null;
  support?: Support;
}

/** The left side of a matching item. `text` is inline HTML, `feedback` HTML. */
export interface Prompt {
  id: string;
  text: string;
  feedback?: string | null;
}

/**
 * What all items have. `stem` and `explanation` are HTML.
 *
 * `max` is the most that `weights` can give, 0 for what is never scored; `points` is what
 * the item counts in its quiz. A key that stays at the service takes `weights`, `replies`,
 * `explanation`, `basis`, `evidence`, `read` and all feedback with it. `response` and
 * `score` stand in a result only.
 */
export interface ItemBase {
  id: string;
  stem: string;
  points: number;
  max: number;
  weights?: Weights;
  explanation?: string | null;
  basis?: Basis | null;
  evidence?: Evidence[];
  read?: Link | null;
  response?: Given;
  score?: Marks;
}

/**
 * A quiz. `intro` is HTML, `pass_mark` percent.
 *
 * On a page a graded quiz or questionnaire has no `items`, but `attempts` (None: no limit) and
 * `draw`, how many items an attempt gets. `strings` are interface texts, where no page around
 * the quiz holds them.
 */
export interface Quiz {
  format: 1;
  kind: "quiz";
  version: string;
  id: string;
  lang: string;
  title: string;
  purpose: Purpose;
  intro: string | null;
  pass_mark: number | null;
  items: Item[];
  attempts?: number | null;
  draw?: number;
  strings?: Record<string, string>;
}

/**
 * The official result of an attempt: marks, percent, and each item with key and response.
 *
 * `passed` is None where nothing can be passed; `ending` is a scenario's.
 */
export interface Result extends Marks {
  percent: number;
  passed: boolean | null;
  pass_mark: number | null;
  scored_by: "service" | "import";
  items: Item[];
  ending?: string;
}

/** Somebody in a scenario. */
export interface Person {
  id: string;
  name: string;
  about: string | null;
  initials: string;
}

/**
 * A quantity that choices move; `words` spread evenly from lowest to highest.
 *
 * A `hidden` one is shown in the debrief only.
 */
export interface Meter {
  id: string;
  label: string;
  start: number;
  min: number;
  max: number;
  words: string[];
  hidden?: boolean;
}

/** Something that choices train; declared once a course. */
export interface Skill {
  id: string;
  label: string;
}

/** Holds where the meter compares so with the value; `points` are those earned so far. */
export interface Comparison {
  meter: string;
  op: ">=" | "<=" | ">" | "<" | "==" | "!=";
  value: number;
}

export interface Visit {
  visited: string;
  is: boolean;
}

export interface Pick {
  picked: string;
  is: boolean;
}

export interface Right {
  right: string;
  is: boolean;
}

export type Simple = Comparison | Visit | Pick | Right;

/** Holds where all tests of at least one list hold. */
export interface Either {
  either: Simple[][];
}

export type Test = Comparison | Visit | Pick | Right | Either;

/** A paragraph or more of a text, told where all tests hold; else `otherwise`. Both HTML. */
export interface Piece {
  when: Test[];
  html: string;
  otherwise?: string;
}

export type Telling = string | Piece[];

/** Something said; `who` is a person's id, `says` inline HTML. */
export interface Line {
  who: string;
  says: string;
  when?: Test[];
}

/** A way on, taken where all tests hold; the first that holds is taken. */
export interface Goto {
  node: string;
  when: Test[];
}

/** How meters change where all tests hold. */
export interface Effect {
  when: Test[];
  by: Meters;
}

export interface Arguments {
  for: string;
  against: string;
}

/**
 * A way to act. `text` is inline HTML; `consequence`, `feedback` and `reason` HTML.
 *
 * `feedback` says what it did and what else could be said, `reason` by what evidence or law.
 * `also` are effects with conditions, beside the plain ones. `repairs` names poorly supported
 * choices (`node.choice`) that this one makes good.
 */
export interface Choice {
  id: string;
  text: string;
  support: ChoiceSupport;
  points: number;
  effects: Meters;
  also?: Effect[];
  skills?: Meters;
  repairs?: string[];
  consequence: Telling;
  feedback: Telling;
  reason?: Telling;
  arguments?: Arguments;
  basis: Basis;
  evidence: Evidence[];
  goto: Goto[];
}

/** What all nodes have: `scene` is HTML. */
export interface NodeBase {
  title: string | null;
  scene: Telling;
  lines: Line[];
}

/** A node with choices; `ask` is inline HTML. `pinned` choices keep the author's order. */
export interface Decision extends NodeBase {
  kind: "decision";
  ask: Telling;
  choices: Choice[];
  pinned?: boolean;
}

/** A node with an item, whose answer may move meters. */
export interface ItemNode extends NodeBase {
  kind: "item";
  item: Item;
  effects?: Meters;
  also?: Effect[];
  goto: Goto[];
}

/** A node that is only read. */
export interface Passage extends NodeBase {
  kind: "passage";
  goto: Goto[];
}

/** How a scenario closes. */
export interface EndingCard {
  title: string;
  kind: EndingKind;
}

/** A node that leads nowhere; `debrief` is HTML. */
export interface Ending extends NodeBase {
  kind: "ending";
  ending: EndingCard;
  debrief: Telling;
}

export type Node = Decision | ItemNode | Passage | Ending;

/**
 * Another person's chair, from which the same story can be played after an ending.
 *
 * `who` is a person's id, `start` the node where it begins, `role` HTML.
 */
export interface Chair {
  who: string;
  start: string;
  role: string;
}

/** A step at a node: with a choice, with a response to its item, or alone on a passage. */
export interface Step {
  node: string;
  choice?: string;
  response?: Given;
}

/**
 * A branching story. `summary`, `role` and `content_note` are HTML.
 *
 * `best` are the steps of a best-supported path. `skills` are those that its choices name.
 * `strings` as in a quiz.
 */
export interface Scenario {
  format: 1;
  kind: "scenario";
  version: string;
  id: string;
  lang: string;
  title: string;
  summary: string;
  role: string;
  minutes: number;
  content_note: string | null;
  cast: Person[];
  meters: Meter[];
  skills?: Skill[];
  chairs?: Chair[];
  start: string;
  nodes: Record<string, Node>;
  best: Step[];
  strings?: Record<string, string>;
}

export type Content = Quiz | Scenario;

export type Phase = "scene" | "vote" | "tally" | "compare" | "consequence" | "evidence" | "ended";

export type Counts = Record<string, number>;

/** One vote at a node; times are ISO 8601 in UTC, `counts` None while it is open. */
export interface Ballot {
  node: string;
  opened: string;
  closed: string | null;
  counts: Counts | null;
}

/** Something that the trainer did, when (ISO 8601, UTC) and at which node. */
export interface LogEntry {
  at: string;
  node: string;
  what: string;
  choice?: string;
  choices?: string[];
  how?: "majority" | "trainer";
  to?: string;
}

/**
 * Where a room stands. `ballot` is the number of the open vote, from 1.
 *
 * `chosen` are the choices whose consequences are shown; `timer` is when it runs out (ISO
 * 8601, UTC). Choices stand in the order that `seed` gives; rooms from before have none.
 */
export interface RoomState {
  steps: Step[];
  phase: Phase;
  ballot: number | null;
  ballots: Ballot[];
  chosen: string[];
  log: LogEntry[];
  timer: string | null;
  paused: boolean;
  seed?: string;
}

/** Something said in a room: `who` is the name itself. */
export interface Said {
  who: string;
  says: string;
}

/** What a choice led to, as far as the trainer has shown it; None is not shown yet. */
export interface Shown {
  id: string;
  text: string;
  consequence: string | null;
  feedback: string | null;
  reason: string | null;
  arguments: Arguments | null;
  support: ChoiceSupport | null;
  basis: Basis | null;
  evidence: Evidence[] | null;
}

/**
 * What a participant's phone shows: neither counts nor anything of the trainer's.
 *
 * `choices` can be voted for; `ending` tells whether the story has ended.
 */
export interface PublicView {
  rev: number;
  title: string;
  phase: Phase | "paused";
  ballot: number | null;
  heading: string;
  scene: string;
  lines: Said[];
  ask: string | null;
  choices: Part[];
  shown: Shown[];
  content_note: string | null;
  ending: boolean;
  debrief: string | null;
}

/**
 * A meter as it is shown: its word, and how far above the lowest it stands, of how far.
 *
 * Of a skill what choices added up to, of the most that they could have.
 */
export interface Gauge {
  label: string;
  word: string;
  n: number;
  of: number;
}

/**
 * What the projector shows: the same, with counts and without names.
 *
 * `counts` are those of the open vote where it is `live`, else of the last one at this node;
 * `before` those of the vote before that. `people` are in the room, `steps` were taken.
 */
export interface ScreenView extends PublicView {
  code: string;
  steps: number;
  people: number;
  live: boolean;
  counts: Counts | null;
  before: Counts | null;
  timer: string | null;
  meters: Gauge[];
}

/** The trainer's notes at a node or on the whole; all texts are HTML. */
export interface TrainerNotes {
  minutes: number;
  prompts: string[];
  likely: string | null;
  care: string | null;
}

/** A choice with how well the evidence supports it; None where nothing is right or wrong. */
export interface RatedChoice extends Part {
  support: ChoiceSupport | null;
}

/** A node on the console's map. */
export interface Place {
  id: string;
  title: string;
  here: boolean;
  passed: boolean;
  best: boolean;
  ending: boolean;
}

/**
 * What the trainer's console shows: everything, with the notes for this node.
 *
 * `phase` is the room's own, also while it is paused. `leader` is the choice that most voted
 * for, `can` what may be done now, `own` what the trainer wrote down.
 */
export interface ConsoleView extends ScreenView {
  paused: boolean;
  kind: "decision" | "item" | "passage" | "ending";
  at: string;
  options: RatedChoice[];
  leader: string | null;
  trainer: TrainerNotes | null;
  whole: TrainerNotes | null;
  places: Place[];
  can: string[];
  own: string;
}

/** The public view as the service sends it. `mark` tells whether anything has changed. */
export interface PublicMessage extends PublicView {
  mark: string;
}

/** The projector's view as the service sends it. `join` is the address to type. */
export interface ScreenMessage extends ScreenView {
  mark: string;
  join: string;
}

/** Addresses of a room; `alone` where no phone can reach them. */
export interface ConsoleLinks {
  join: string;
  alone: boolean;
  screen: string;
  debrief: string;
  csv: string;
  qr: string;
}

/**
 * The console's view as its widget gets it.
 *
 * `said` is what could not be done, and why; `saying` differs whenever it is said anew.
 */
export interface ConsoleMessage extends ConsoleView {
  links: ConsoleLinks;
  strings: Record<string, string>;
  said?: string;
  saying?: string;
}

/** A scenario to open a room for. */
export interface ScenarioTitle {
  id: string;
  title: string;
}

/** A room of the trainer's to go on with. `title` is the id of its scenario. */
export interface KnownRoom {
  code: string;
  title: string;
  ended: boolean;
}

/** What a console shows while no room is open. `chosen` is the scenario chosen already. */
export interface StartView {
  phase: "start";
  scenarios: ScenarioTitle[];
  rooms: KnownRoom[];
  strings: Record<string, string>;
  chosen?: string | null;
  said?: string;
  saying?: string;
}

/** A choice looked back on; `elsewhere` is how many earlier groups took it. */
export interface LookedBackChoice {
  id: string;
  text: string;
  support: ChoiceSupport;
  basis: Basis;
  evidence: Evidence[];
  feedback: string;
  reason: string | null;
  arguments: Arguments | null;
  elsewhere: number;
}

/**
 * A decision on a group's path: the counts of each vote, what was taken and how.
 *
 * `split` is 1 minus the share of the largest choice in the last vote, None without votes.
 */
export interface LookedBack {
  node: string;
  title: string;
  ask: string;
  rounds: Counts[];
  split: number | null;
  taken: string;
  how: string;
  choices: LookedBackChoice[];
}

/**
 * What a group looks back on; no person is in it.
 *
 * `path` and `best` are headings, `groups` is how many earlier groups there were,
 * `endings` how many of them reached each ending. `meters` stand at the end, those included
 * that were hidden until now; `skills` are what the choices added up to, which may be below 0.
 */
export interface Debrief {
  title: string;
  decisions: LookedBack[];
  most_split: string | null;
  path: string[];
  best: string[];
  points: Marks;
  meters: Gauge[];
  skills: Gauge[];
  ending: string | null;
  groups: number;
  endings: Counts;
}

/** One key among several options. */
export interface SingleChoiceItem extends ItemBase {
  type: "single-choice";
  options: Option[];
}

/**
 * A short text of about so many `words`. `model` is HTML.
 *
 * A response is a list: the text, then the ids of the points that the learner ticked. It stays
 * with the learner.
 */
export interface CompositionItem extends ItemBase {
  type: "composition";
  words: number;
  model: string;
  checklist: Part[];
}

/** Options weighed by how well the evidence supports them: 2, 1 or 0. */
export interface JudgementItem extends ItemBase {
  type: "judgement";
  options: Option[];
}

/** A self-rating, never scored. */
export interface LikertItem extends ItemBase {
  type: "likert";
  options: Part[];
}

/** Pairs; the keys of its weights are `prompt:answer`. */
export interface MatchingItem extends ItemBase {
  type: "matching";
  prompts: Prompt[];
  answers: Part[];
}

/** Several keys; a wrong option weighs -1. */
export interface MultipleResponseItem extends ItemBase {
  type: "multiple-response";
  options: Option[];
}

/** Free text that stays with the learner. */
export interface ReflectionItem extends ItemBase {
  type: "reflection";
}

/** Steps, shuffled; the keys of its weights are neighbours `a>b` of the right order. */
export interface SequencingItem extends ItemBase {
  type: "sequencing";
  steps: Part[];
}

/**
 * A word or a phrase; the keys of its weights and replies are normalised wordings.
 *
 * `replies` hold feedback as HTML.
 */
export interface ShortTextItem extends ItemBase {
  type: "short-text";
  replies?: Record<string, string>;
}

export type Item =
  | SingleChoiceItem
  | CompositionItem
  | JudgementItem
  | LikertItem
  | MatchingItem
  | MultipleResponseItem
  | ReflectionItem
  | SequencingItem
  | ShortTextItem;
