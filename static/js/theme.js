// Runs before the first paint, so that a chosen scheme does not flash. Not a module on purpose.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch (error) { /* storage is forbidden: the phone's own scheme holds */ }
