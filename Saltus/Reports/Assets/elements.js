// Elements are made from values, never from markup: no text of a document can become an element.

/** Makes an element. Attributes whose value is null, undefined or false are left out; "on…" functions are listeners. */
function el(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
        if (value === null || value === undefined || value === false) {
            continue;
        }
        if (typeof value === "function") {
            node.addEventListener(key.slice(2), value);
        } else {
            node.setAttribute(key, value === true ? "" : String(value));
        }
    }
    append(node, children);
    return node;
}

/** Appends nodes and texts; nested arrays are flattened and nothing is appended for null. */
function append(node, children) {
    for (const child of children.flat(Infinity)) {
        if (child !== null && child !== undefined && child !== false) {
            node.append(child);
        }
    }
}

/** Makes an icon of one path in a 16 × 16 box. */
function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
}

/** Adds a section to the page, and its entry to the bar. */
function addSection(id, title, lede, ...children) {
    const section = el("section", { id, "aria-labelledby": id + "-title" },
        el("div", { class: "section-head" },
            el("h2", { id: id + "-title" }, title),
            lede ? el("p", { class: "lede" }, lede) : null),
        children);
    document.getElementById("top").append(section);
    document.getElementById("sections").append(el("li", {}, el("a", { href: "#" + id }, title)));
    return section;
}
