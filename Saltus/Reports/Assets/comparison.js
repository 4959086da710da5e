// Other tools at the same place: a table that sorts by any column, and the same rows as points.

const COMPARED = [
    ["tool", "Tool", row => row.tool, "text"],
    ["method", "Method", row => row.method, "text"],
    ["tokens", "Tokens", row => compact(row.tokens)],
    ["l0", "L0", row => places(row.l0, 2)],
    ["fvu", "FVU", row => places(row.fvu, 4)],
    ["deltaLoss", "Delta loss", row => places(row.deltaLoss, 4)],
    ["lossRecovered", "Loss recovered", row => percentPlaces(row.lossRecovered, 2)],
];

function addComparison() {
    if (report.comparison.length === 0) {
        return;
    }
    const own = ownRow();
    const rows = [...(own ? [own] : []), ...report.comparison];
    const body = el("tbody");
    const heads = COMPARED.map(([key, name, , kind]) => {
        const head = el("th", { scope: "col", class: kind === "text" ? null : "number" });
        head.append(el("button", { type: "button", class: "sort-head", onclick: () => sortBy(key, head) }, name));
        return head;
    });

    function fill(ordered) {
        body.replaceChildren(...ordered.map(row => el("tr", { class: row.isOwn ? "own" : null },
            COMPARED.map(([key, , format, kind]) => key === "tool"
                ? el("th", { scope: "row" }, format(row), row.isOwn ? el("span", { class: "badge" }, "this run") : null)
                : el("td", { class: kind === "text" ? null : "number" }, format(row))))));
    }

    function sortBy(key, head) {
        const descending = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const order = descending ? d3.descending : d3.ascending;
        fill(rows.toSorted((a, b) => order(a[key], b[key])));
    }

    fill(rows);
    addSection("comparison", "Beside other tools", report.comparisonNote,
        el("div", { class: "comparison" },
            el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Comparison table" },
                el("table", { class: "compared" }, el("thead", {}, el("tr", {}, heads)), body)),
            comparisonChart(rows)));
}

function ownRow() {
    const measures = report.fidelity;
    const run = report.provenance;
    return measures && {
        isOwn: true,
        tool: "Saltus",
        method: run.targetL0 ? `${run.method}, target ${run.targetL0}` : run.method,
        tokens: run.tokens,
        l0: valueOf(measures.l0),
        fvu: valueOf(measures.fvu),
        deltaLoss: valueOf(measures.deltaLoss),
        lossRecovered: valueOf(measures.lossRecovered),
    };
}

function comparisonChart(rows) {
    const placed = rows.filter(row => Number.isFinite(row.l0) && Number.isFinite(row.deltaLoss));
    if (placed.length < 2) {
        return null;
    }
    const own = placed.filter(row => row.isOwn);
    const others = placed.filter(row => !row.isOwn);
    const title = row => `${row.tool} ${row.method}\nL0 ${places(row.l0, 2)}, delta loss ${places(row.deltaLoss, 4)}`;
    return chart("Delta loss against L0", "Nearer to the lower left corner is better. The table has every value.", "lower left is better", width => Plot.plot(plotOptions(width, 300, {
        marginLeft: 48, marginBottom: 38, inset: 10,
        x: { label: "L0, active latents a token", labelAnchor: "center", labelArrow: "none", ticks: Math.max(3, Math.floor(width / 80)), tickSize: 3, nice: true },
        y: { label: null, grid: true, tickSize: 0, ticks: 5, nice: true },
        marks: [
            Plot.dot(others, { x: "l0", y: "deltaLoss", r: 4.5, fill: MUTED, fillOpacity: 0.55, stroke: "var(--surface)" }),
            Plot.dot(own, { x: "l0", y: "deltaLoss", r: 7, fill: ACCENT, stroke: "var(--surface)", strokeWidth: 1.5 }),
            Plot.text(own, { x: "l0", y: "deltaLoss", text: () => "this run", dx: 11, textAnchor: "start", fill: ACCENT, fontSize: 12, fontWeight: 600, stroke: "var(--surface)", strokeWidth: 4 }),
            Plot.tip(placed, Plot.pointer({ x: "l0", y: "deltaLoss", title, fill: "var(--surface)", stroke: "var(--line-strong)", fontSize: 12, lineHeight: 1.35, textPadding: 9, pathFilter: "none" })),
        ],
    })));
}
