// Elements out of names, attributes and texts: what comes from a server is inserted as text only.

const SVG = "http://www.w3.org/2000/svg";

/** An element; attributes that are null are left out, children that are strings become text. */
export function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same, of SVG. */
export function draw(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A text with at most so many characters. */
export function cut(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("").trimEnd()}…` : text;
}

/** A number as people read it. */
export const figure = (number) => number.toLocaleString("en", { maximumFractionDigits: 6 });

/** “1 row”, “2 rows”. */
export const counted = (number, noun) => `${figure(number)} ${noun}${number === 1 ? "" : "s"}`;
