// What was trained on what, and the five figures that people ask for first.

function addHeader() {
    const run = report.provenance;
    document.getElementById("top").append(el("section", { class: "masthead", "aria-labelledby": "title" },
        el("h1", { id: "title" }, report.title),
        el("p", { class: "summary" }, summary(run)),
        keyFigures(run),
        facts(run)));
}

function summary(run) {
    return [
        `${count(run.width)} latents of a ${run.method} autoencoder on the ${count(run.dimension)}-dimensional activations of `,
        el("strong", {}, run.model), ` at ${run.site}`, run.layer === undefined ? "" : ` of layer ${run.layer}`, run.hookName ? [" (", el("code", {}, run.hookName), ")"] : "",
        run.tokens ? `, trained on ${compact(run.tokens)} tokens` : "",
        run.corpus ? ` of ${run.corpus}` : "", ".",
    ];
}

function keyFigures(run) {
    const measures = report.fidelity;
    if (!measures) {
        return null;
    }
    const l0 = valueOf(measures.l0);
    const figures = [
        figure("L0", places(l0, 2), run.targetL0
            ? `target ${significant(run.targetL0, 3).replace(/\.?0+$/, "")}, ${signed((l0 / run.targetL0 - 1) * 100, 1)}\u202f%`
            : "active latents a token", measures.l0),
        figure("FVU", significant(valueOf(measures.fvu), 3), "of variance unexplained", measures.fvu),
        figure("Delta loss", significant(valueOf(measures.deltaLoss), 3), intervalText(measures.deltaLoss, 3) ?? "nats a token", measures.deltaLoss),
        figure("Loss recovered", percent(valueOf(measures.lossRecovered)), "of the loss that zeroing costs", measures.lossRecovered),
        figure("Dead latents", count(measures.dead), `${percent(measures.dead / run.width, 2)} of ${count(run.width)}`, measures.dead),
    ].filter(Boolean);
    return el("dl", { class: "figures" }, figures);
}

function figure(name, value, note, measure) {
    return measure === undefined ? null : el("div", {}, el("dt", {}, name), el("dd", {}, el("span", { class: "value" }, value), el("span", { class: "note" }, note)));
}

/** [0.092, 0.097], or null where there is no interval. */
function intervalText(measure, digits) {
    return Array.isArray(measure) ? `[${significant(measure[1], digits)}, ${significant(measure[2], digits)}]` : null;
}

function facts(run) {
    const rows = [
        ["Model", run.model], ["Site", run.site], ["Layer", run.layer], ["Hook name", run.hookName],
        ["Latents, M", count(run.width)], ["Dimension, d", count(run.dimension)], ["Method", run.method],
        ["Target L0", run.targetL0], ["Recipe", run.recipe], ["Training tokens", run.tokens && count(run.tokens)],
        ["Batch", run.batch && count(run.batch) + " vectors"], ["Context", run.context && count(run.context) + " tokens"],
        ["Corpus", run.corpus], ["Seed", run.seed], ["Wall time", run.wallSeconds && duration(run.wallSeconds)],
        ...run.facts,
    ].filter(([, value]) => value !== undefined && value !== null && value !== "");
    return el("details", { class: "facts", open: matchMedia("(min-width: 720px)").matches },
        el("summary", {}, "Everything needed to repeat the run"),
        el("dl", {}, rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(value))))));
}
