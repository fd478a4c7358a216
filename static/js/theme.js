// Runs before the first paint, so that a chosen look does not flash. Not a module on purpose. base.js has the switches.
try {
  const theme = localStorage.getItem("theme");
  if (["light", "dark", "contrast"].includes(theme)) document.documentElement.dataset.theme = theme;
  const text = localStorage.getItem("text");
  if (["large", "huge"].includes(text)) document.documentElement.dataset.text = text;
} catch (error) { /* storage is forbidden: the phone's own look holds */ }
