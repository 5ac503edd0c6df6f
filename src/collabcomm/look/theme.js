// Runs before the first paint, so that a dark page never flashes light.
try {
  const chosen = localStorage.getItem("collabcomm:theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is forbidden: the device's own setting holds.
}
