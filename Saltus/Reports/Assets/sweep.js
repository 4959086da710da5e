// The page of a sweep: Pareto charts by method, frequency histograms, and every number in tables that sort.
//
// report-data: title, facts [[name, value], …], rows: one an SAE, a measure is [value, low, high] with null where there is no interval, and
// summary: SAEs that differ in their seeds alone, a measure is [mean, deviation].

const report = JSON.parse(document.getElementById("report-data").textContent);
const methods = [...new Set(report.rows.map(row => row.method))];
const widthsOf = [...new Set(report.rows.map(row => row.width))];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye", "plus"];
const MEASURES = [
    ["fvu", "FVU", "fraction of variance unexplained", "onFvuFront"],
    ["deltaLoss", "Delta loss", "nats a token that the language model loses", "onDeltaLossFront"],
];

const COLUMNS = [
    ["name", "SAE", row => row.name, "text"],
    ["l0", "L0", row => places(first(row.l0), 2)],
    ["fvu", "FVU", row => places(first(row.fvu), 4)],
    ["fvuInterval", "95\u202f%", row => between(row.fvu)],
    ["deltaLoss", "Delta loss", row => places(first(row.deltaLoss), 4)],
    ["deltaLossInterval", "95\u202f%", row => between(row.deltaLoss)],
    ["lossRecovered", "Loss recovered", row => percentPlaces(first(row.lossRecovered), 2)],
    ["lossRecoveredInterval", "95\u202f%", row => betweenPercent(row.lossRecovered)],
    ["dead", "Dead", row => count(row.dead)],
    ["above1", "Above 1\u202f%", row => count(row.above1)],
    ["above10", "Above 10\u202f%", row => count(row.above10)],
    ["milliseconds", "ms a step", row => places(row.milliseconds, 1)],
    ["share", "Cost", row => percentPlaces(row.share, 1)],
    ["front", "Pareto front", row => [row.onFvuFront ? "FVU" : null, row.onDeltaLossFront ? "delta loss" : null].filter(Boolean).join(", "), "text"],
];

const SUMMARY = [
    ["label", "SAEs", row => row.label, "text"],
    ["seeds", "Seeds", row => count(row.seeds)],
    ["l0", "L0", row => withDeviation(row.l0, 2)],
    ["fvu", "FVU", row => withDeviation(row.fvu, 4)],
    ["deltaLoss", "Delta loss", row => withDeviation(row.deltaLoss, 4)],
    ["lossRecovered", "Loss recovered", row => withDeviation(row.lossRecovered, 4)],
    ["deadShare", "Dead", row => percentPlaces(first(row.deadShare), 2)],
];

function first(measure) {
    return measure?.[0] ?? NaN;
}

function between(measure) {
    return measure?.[1] === undefined || measure[1] === null ? "" : `${places(measure[1], 4)} \u2026 ${places(measure[2], 4)}`;
}

function betweenPercent(measure) {
    return measure?.[1] === undefined || measure[1] === null ? "" : `${percentPlaces(measure[1], 2)} \u2026 ${percentPlaces(measure[2], 2)}`;
}

function withDeviation(measure, digits) {
    return measure ? places(measure[0], digits) + (measure[1] === null ? "" : ` \u00b1 ${places(measure[1], digits)}`) : MISSING;
}

function colourOf(method) {
    return `var(--method-${methods.indexOf(method)})`;
}

function symbolOf(method) {
    return SYMBOLS[methods.indexOf(method)];
}

function legend() {
    return el("span", { class: "chart-note" }, methods.map(method => {
        const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        mark.setAttribute("viewBox", "-8 -8 16 16");
        mark.setAttribute("class", "symbol");
        mark.setAttribute("aria-hidden", "true");
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", d3.symbol(d3["symbol" + symbolOf(method)[0].toUpperCase() + symbolOf(method).slice(1)], 60)());
        path.style.fill = colourOf(method);
        mark.append(path);
        return el("span", { class: "key" }, mark, method);
    }));
}

function addMasthead() {
    document.getElementById("top").append(el("section", { class: "masthead", "aria-labelledby": "title" },
        el("h1", { id: "title" }, report.title),
        el("p", { class: "summary" }, `${count(report.rows.length)} sparse autoencoders, trained on the same batches in the same order.`),
        el("details", { class: "facts", open: matchMedia("(min-width: 720px)").matches },
            el("summary", {}, "What was compared on what"),
            el("dl", {}, report.facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))))));
}

function addFronts() {
    const charts = widthsOf.flatMap(width => MEASURES.map(measure => front(width, measure))).filter(Boolean);
    if (charts.length > 0) {
        addSection("fronts", "Sparsity against faithfulness",
            "Nearer to the lower left corner is better; both scales are logarithmic. Bars are 95\u202f% intervals over documents, the dashed line is the Pareto front of all methods. Point at a mark to read it.",
            el("p", { class: "legend" }, legend()), el("div", { class: "fronts" }, charts));
    }
}

function front(width, [key, name, meaning, onFront]) {
    const rows = report.rows.filter(row => row.width === width && first(row[key]) > 0 && first(row.l0) > 0)
        .map(row => ({ ...row, x: first(row.l0), y: first(row[key]), low: row[key][1], high: row[key][2], line: [row.method, row.learningRate, row.seed].join(" ") }));
    if (rows.length < 2) {
        return null;
    }
    const best = rows.filter(row => row[onFront]).toSorted((a, b) => a.x - b.x);
    const low = 0.9 * d3.min(rows, row => Math.max(row.low ?? row.y, 1e-6));
    const high = 1.1 * d3.max(rows, row => row.high ?? row.y);
    const [left, right] = [0.9 * d3.min(rows, row => row.x), 1.1 * d3.max(rows, row => row.x)];
    const title = row => `${row.name}\nL0 ${places(row.x, 2)}, ${name} ${places(row.y, 4)}${between(row[key]) ? `\n95\u202f% ${between(row[key])}` : ""}`;
    const heading = `${name} against L0${widthsOf.length > 1 ? `, M = ${count(width)}` : ""}`;
    return chart(heading, `${meaning}. The table has every value.`, meaning, size => Plot.plot(plotOptions(size, 360, {
        marginLeft: 52, marginBottom: 38,
        x: { type: "log", domain: [left, right], label: "L0, active latents a token", labelAnchor: "center", labelArrow: "none", ticks: logTicks(left, right), tickFormat: value => String(Number(value.toPrecision(2))), tickSize: 3 },
        y: { type: "log", domain: [low, high], label: null, grid: true, ticks: logTicks(low, high), tickFormat: value => String(Number(value.toPrecision(2))), tickSize: 0 },
        marks: [
            Plot.line(best, { x: "x", y: "y", stroke: MUTED, strokeWidth: 1, strokeDasharray: "3 3" }),
            Plot.ruleX(rows.filter(row => row.low !== null && row.low > 0), { x: "x", y1: "low", y2: "high", stroke: row => colourOf(row.method), strokeWidth: 1.5, strokeOpacity: 0.6 }),
            Plot.line(rows.toSorted((a, b) => a.x - b.x), { x: "x", y: "y", z: "line", stroke: row => colourOf(row.method), strokeWidth: 1.5 }),
            Plot.dot(rows, { x: "x", y: "y", symbol: row => symbolOf(row.method), fill: row => colourOf(row.method), stroke: "var(--surface)", r: 5 }),
            Plot.tip(rows, Plot.pointer({ x: "x", y: "y", title, fill: "var(--surface)", stroke: "var(--line-strong)", fontSize: 12, lineHeight: 1.35, textPadding: 9, pathFilter: "none" })),
        ],
        color: { type: "identity" },
        symbol: { type: "identity" },
    })));
}

function addFrequencies() {
    const groups = d3.groups(report.rows.filter(row => row.histogram[1].length > 0), row => row.width, row => row.target);
    const charts = groups.flatMap(([width, byTarget]) => byTarget.map(([target, rows]) => frequencies(width, target, rows)));
    if (charts.length > 0) {
        addSection("frequencies", "How often latents are active", "Latents by the share of held-out tokens on which they are active. Latents that are never active are in no bin.",
            el("p", { class: "legend" }, legend()), el("div", { class: "multiples" }, charts));
    }
}

function frequencies(width, target, rows) {
    const points = rows.flatMap(row => row.histogram[1].map((times, i) => ({ name: row.name, method: row.method, x: (row.histogram[0][i] + row.histogram[0][i + 1]) / 2, y: times })));
    const heading = `${target}${widthsOf.length > 1 ? `, M = ${count(width)}` : ""}`;
    return chart(heading, `Number of latents by frequency for ${rows.length} autoencoders.`, "latents", size => Plot.plot(plotOptions(size, 200, {
        x: { label: null, tickFormat: logShareTick, tickSize: 3, ticks: 5 },
        y: { label: null, grid: true, tickSize: 0, ticks: 4 },
        color: { type: "identity" },
        marks: [Plot.lineY(points, { x: "x", y: "y", z: "name", stroke: point => colourOf(point.method), strokeWidth: 1.5, curve: "step" })],
    })));
}

function addTable(id, title, lede, columns, rows) {
    if (rows.length === 0) {
        return;
    }
    const body = el("tbody");
    const heads = columns.map(([key, name, , kind]) => {
        const head = el("th", { scope: "col", class: kind === "text" ? null : "number" });
        head.append(el("button", { type: "button", class: "sort-head", onclick: () => sortBy(key, head) }, name));
        return head;
    });

    function fill(ordered) {
        body.replaceChildren(...ordered.map(row => el("tr", {}, columns.map(([, , format, kind], i) => i === 0
            ? el("th", { scope: "row" }, format(row))
            : el("td", { class: kind === "text" ? null : "number" }, format(row))))));
    }

    function sortBy(key, head) {
        const descending = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const value = row => Array.isArray(row[key]) ? row[key][0] : row[key] ?? first(row[key.replace("Interval", "")]);
        fill(rows.toSorted((a, b) => (descending ? d3.descending : d3.ascending)(value(a), value(b))));
    }

    fill(rows);
    addSection(id, title, lede, el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": `${title}: table` },
        el("table", { class: "compared" }, el("thead", {}, el("tr", {}, heads)), body)));
}

setUpTheme();
addMasthead();
addFronts();
addTable("seeds", "Over seeds", "Means, with the standard deviation where there are several seeds.", SUMMARY, report.summary);
addFrequencies();
addTable("saes", "Every autoencoder", "Measured on held-out documents; the cost is the part of all training steps' time. results.csv and results.json hold the same numbers.", COLUMNS, report.rows);
