/**
 * No function over 60 lines, as `lengths.py` holds it for Python. `deno lint` loads this file.
 *
 * @typedef {object} Context of a rule, as far as it is used here
 * @property {{getText(node: unknown): string}} sourceCode
 * @property {(problem: {node: unknown, message: string, hint: string}) => void} report
 */

const MOST = 60;

/** @param {Context} context @returns {(node: unknown) => void} */
const check = (context) => (node) => {
  const lines = context.sourceCode.getText(node).split("\n").length;
  if (lines <= MOST) return;
  context.report({
    node,
    message: `This function has ${lines} lines, ${MOST} at most.`,
    hint: "Give its parts names of their own.",
  });
};

export default {
  name: "lengths",
  rules: {
    function: {
      create: (/** @type {Context} */ context) => ({
        FunctionDeclaration: check(context),
        FunctionExpression: check(context),
        ArrowFunctionExpression: check(context),
      }),
    },
  },
};
