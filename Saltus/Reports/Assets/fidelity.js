// The fidelity table. A measure's name carries its explanation: as a tip on hover and focus, and below it when it is opened.

function addFidelity() {
    const measures = report.fidelity;
    if (!measures) {
        return;
    }
    const where = `Measured on ${count(measures.tokens)} tokens of ${count(measures.documents)} held-out documents${measures.text ? ` (${measures.text})` : ""}. `;
    const groups = MEASURES.map(([title, rows]) => [title, rows.filter(([key]) => measures[key] !== undefined)]).filter(([, rows]) => rows.length > 0);
    const tables = el("div", { class: "fidelity" }, groups.map(([title, rows]) => fidelityTable(title, rows, measures)));
    const all = el("button", { type: "button", class: "quiet-button", "aria-expanded": "false" }, "Explain every measure");
    all.addEventListener("click", () => {
        const open = all.getAttribute("aria-expanded") !== "true";
        all.setAttribute("aria-expanded", String(open));
        all.textContent = open ? "Hide the explanations" : "Explain every measure";
        tables.querySelectorAll("button.term").forEach(term => setExplained(term, open));
    });
    addSection("fidelity", "Fidelity", [where, measures.intervalNote ? `Intervals: ${measures.intervalNote}.` : null],
        el("div", { class: "toolbar" }, all), tables, lossLadder(measures));
}

function fidelityTable(title, rows, measures) {
    const hasIntervals = rows.some(([key]) => Array.isArray(measures[key]));
    return el("table", { class: "measures" },
        el("caption", {}, title),
        el("thead", { class: "visually-hidden" }, el("tr", {}, el("th", { scope: "col" }, "Measure"), el("th", { scope: "col" }, "Value"),
            hasIntervals ? el("th", { scope: "col" }, "Interval") : null)),
        el("tbody", {}, rows.map(([key, name, format, explanation]) => {
            const id = "explain-" + key;
            const term = el("button", { type: "button", class: "term", "aria-expanded": "false", "aria-controls": id,
                onclick: () => setExplained(term, term.getAttribute("aria-expanded") !== "true") }, name);
            withTip(term, () => explanation);
            const interval = Array.isArray(measures[key]) ? `[${format(measures[key][1])}, ${format(measures[key][2])}]` : "";
            const isCount = format === countOfWidth;
            return el("tr", {},
                el("th", { scope: "row" }, term, el("span", { id, class: "explanation", hidden: true }, explanation)),
                el("td", { class: "number" }, format(valueOf(measures[key])),
                    isCount && !hasIntervals ? el("span", { class: "aside" }, percent(measures[key] / report.provenance.width)) : null),
                hasIntervals ? el("td", { class: "number interval" }, isCount ? percent(measures[key] / report.provenance.width) : interval) : null);
        })));
}

function setExplained(term, open) {
    term.setAttribute("aria-expanded", String(open));
    term.nextElementSibling.hidden = !open;
    hideTip();
}

/** The four losses on one line: how near the spliced model is to the clean one, and how far both are from an ablated one. */
function lossLadder(measures) {
    const names = [["lossClean", "clean", -1], ["lossSpliced", "spliced", 1], ["lossMean", "mean", -1], ["lossZero", "zero", 1]];
    const rows = names.filter(([key]) => Number.isFinite(measures[key])).map(([key, name, side]) => ({ name, loss: measures[key], side }));
    if (rows.length < 4) {
        return null;
    }
    const colour = row => row.name === "spliced" ? ACCENT : "var(--ink)";
    const describe = rows.map(row => `${row.name} ${nats(row.loss)}`).join(", ");
    return chart("The four losses on one line", `${describe} nats a token.`, "nats a token", width => Plot.plot(plotOptions(width, 118, {
        marginTop: 30, marginBottom: 44, marginLeft: 28, marginRight: 40,
        x: { label: null, ticks: Math.max(3, Math.floor(width / 110)), tickSize: 0, tickPadding: 26, nice: false, insetLeft: 6, insetRight: 6 },
        y: { axis: null, domain: [-1, 1] },
        marks: [
            Plot.ruleY([0], { stroke: "var(--line-strong)" }),
            Plot.ruleY([0], { x1: measures.lossClean, x2: measures.lossSpliced, stroke: ACCENT, strokeWidth: 4 }),
            Plot.dot(rows, { x: "loss", y: 0, r: 5, fill: colour, stroke: "var(--surface)", strokeWidth: 1.5 }),
            Plot.text(rows.filter(row => row.side < 0), { x: "loss", y: 0, dy: -15, text: row => `${row.name} ${nats(row.loss)}`, fill: colour, textAnchor: row => row.loss > measures.lossSpliced ? "end" : "start", fontSize: 12 }),
            Plot.text(rows.filter(row => row.side > 0), { x: "loss", y: 0, dy: 15, text: row => `${row.name} ${nats(row.loss)}`, fill: colour, textAnchor: row => row.loss > measures.lossSpliced ? "end" : "start", fontSize: 12 }),
        ],
    })));
}
