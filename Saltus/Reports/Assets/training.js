// Training curves: small multiples over tokens, each with its own scale.

function addTraining() {
    const curves = report.training;
    if (!curves.step || curves.step.length < 2) {
        return;
    }
    const target = report.provenance.targetL0;
    const counts = value => count(Math.round(value));
    const figures = [
        curves.loss && curve("Loss", [
            { key: "loss", name: "loss", stroke: ACCENT },
            { key: "reconstruction", name: "reconstruction", stroke: SECOND },
        ]),
        curves.l0 && curve("L0", [{ key: "l0", name: "L0", stroke: ACCENT }], { rule: target, ruleName: target && `target ${target}` }),
        curves.dead && curve("Dead latents", [{ key: "dead", name: "dead", stroke: ACCENT }], { zero: true, format: counts }),
        curves.fvu && curve("FVU of the batch", [{ key: "fvu", name: "FVU", stroke: ACCENT }]),
        curves.lambda && curve("Sparsity coefficient λ", [{ key: "lambda", name: "λ", stroke: ACCENT }], { zero: true }),
        curves.learningRate && curve("Learning rate", [{ key: "learningRate", name: "learning rate", stroke: ACCENT }], { zero: true }),
        curves.thresholdMedian && curve("Thresholds θ", [{ key: "thresholdMedian", name: "median", stroke: ACCENT }],
            { bands: [["thresholdLow", "thresholdHigh"], ["thresholdLowerQuartile", "thresholdUpperQuartile"]], bandNote: "median, 25–75\u202f%, 5–95\u202f%" }),
    ].filter(Boolean);
    addSection("training", "Training", "One point a logged step, on the training data of that step. Point at a curve to read it.",
        figures.length > 3
            ? [el("div", { class: "multiples" }, figures.slice(0, 3)), el("div", { class: "multiples minor" }, figures.slice(3))]
            : el("div", { class: "multiples" }, figures));
}

function curve(title, lines, options = {}) {
    const curves = report.training;
    const format = options.format ?? significant;
    const present = lines.filter(line => curves[line.key]);
    const rows = curves.tokens.map((tokens, i) => {
        const row = { tokens, step: curves.step[i] };
        for (const key of [...present.map(line => line.key), ...(options.bands ?? []).flat()]) {
            row[key] = curves[key][i] ?? NaN;
        }
        return row;
    });
    const main = present[0].key;
    const values = present.flatMap(line => curves[line.key]).filter(value => Number.isFinite(value));
    const smallest = d3.min(values);
    const largest = d3.max(values);
    const lowest = 0.85 * Math.min(smallest, options.rule ?? smallest);
    // Early steps can be a hundred times the rest: a log scale keeps the end readable.
    const isLog = !options.zero && !options.bands && smallest > 0 && largest / smallest > 12;
    const last = curves[main].findLast(value => Number.isFinite(value));
    const description = `From ${format(curves[main].find(value => Number.isFinite(value)))} to ${format(last)} over ${compact(rows.at(-1).tokens)} tokens${isLog ? ", logarithmic scale" : ""}.`;
    const note = present.length > 1
        ? present.map(line => el("span", { class: "key" }, swatch(line.stroke), line.name))
        : options.bandNote ?? options.ruleName ?? `ends at ${format(last, 3)}`;
    return chart(title, description, note, width => Plot.plot(plotOptions(width, 176, {
        x: { label: null, ticks: Math.max(3, Math.floor(width / 90)), tickFormat: compact, tickSize: 3, insetRight: 2 },
        y: {
            label: null, grid: true, tickSize: 0, nice: !isLog, type: isLog ? "log" : "linear", zero: options.zero,
            domain: isLog ? [lowest, largest] : undefined, ticks: isLog ? logTicks(lowest, largest) : 4, tickFormat: isLog ? value => tickOf(value)(value) : tickOf(largest),
        },
        marks: [
            (options.bands ?? []).map((band, i) => Plot.areaY(rows, { x: "tokens", y1: band[0], y2: band[1], fill: ACCENT, fillOpacity: 0.1 + 0.1 * i })),
            options.rule ? Plot.ruleY([options.rule], { stroke: "var(--heat-strong)", strokeDasharray: "4 3" }) : null,
            present.toReversed().map(line => Plot.lineY(rows, { x: "tokens", y: line.key, stroke: line.stroke, strokeWidth: 1.5 })),
            Plot.ruleX(rows, Plot.pointerX({ x: "tokens", py: main, stroke: "var(--line-strong)" })),
            Plot.dot(rows, Plot.pointerX({ x: "tokens", y: main, fill: ACCENT, r: 3 })),
            Plot.tip(rows, Plot.pointerX({
                x: "tokens", y: main, title: row => tipOf(row, present, options.bands, format), fill: "var(--surface)", stroke: "var(--line-strong)",
                fontSize: 12, lineHeight: 1.35, textPadding: 9, pathFilter: "none",
            })),
        ].flat().filter(Boolean),
    })));
}

function tipOf(row, lines, bands, format) {
    const texts = lines.map(line => `${line.name} ${format(row[line.key])}`);
    if (bands) {
        texts.push(`25–75\u202f%: ${significant(row[bands[1][0]], 3)} – ${significant(row[bands[1][1]], 3)}`, `5–95\u202f%: ${significant(row[bands[0][0]], 3)} – ${significant(row[bands[0][1]], 3)}`);
    }
    return [...texts, `step ${count(row.step)}, ${compact(row.tokens)} tokens`].join("\n");
}

function tickOf(largest) {
    return value => value === 0 ? "0" : largest >= 1000 ? compact(value) : largest < 1e-3 ? value.toExponential(0).replace("e-", "e−") : String(Number(value.toPrecision(3)));
}

function swatch(colour) {
    const node = el("i", { class: "swatch", "aria-hidden": "true" });
    node.style.background = colour;
    return node;
}
