// Cascade layers for browsers that drop them (before Chrome 99 and Safari 15.4): read app.css again and add its
// rules without the @layer around them. The file keeps its layers in order, so the cascade stays the same.
// Rules go in one by one through the sheet's own interface, which the content policy allows.

export function rulesOf(css) {
  const text = css.replace(/\/\*[^]*?\*\//g, "");
  const rules = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    else if (text[at] === "}") depth -= 1;
    if (depth !== 0 || !(text[at] === "}" || text[at] === ";")) continue;
    const rule = text.slice(start, at + 1).trim();
    start = at + 1;
    if (!rule.startsWith("@layer")) rules.push(rule);
    else if (rule.endsWith("}")) rules.push(...rulesOf(rule.slice(rule.indexOf("{") + 1, -1)));
  }
  return rules;
}

export async function flatten(page) {
  for (const sheet of page.styleSheets) {
    const rules = rulesOf(await (await fetch(sheet.href)).text());
    for (const rule of rules) {
      // Addresses inside a rule are relative to the file, which the sheet knows.
      try { sheet.insertRule(rule, sheet.cssRules.length); } catch (error) { /* a rule this browser cannot read */ }
    }
  }
}
