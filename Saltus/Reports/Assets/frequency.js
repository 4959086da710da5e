// How often latents are active: counts of latents over log10 of their frequency.

function addFrequency() {
    const bins = binsOf(report.frequency);
    if (bins.length === 0) {
        return;
    }
    const width = report.provenance.width;
    const dead = report.fidelity?.dead ?? width - d3.sum(bins, bin => bin.times);
    const marks = [[-2, "1\u202f%", report.fidelity?.above1Percent], [-1, "10\u202f%", report.fidelity?.above10Percent]]
        .map(([at, name, above]) => ({ at, name, above: above ?? d3.sum(bins.filter(bin => bin.low >= at - 1e-9), bin => bin.times) }));
    const shares = marks.map(mark => `${count(mark.above)} latents (${percent(mark.above / width)}) are active on more than ${mark.name} of tokens`);
    const filled = bins.filter(bin => bin.times > 0);
    const low = Math.min(d3.min(filled, bin => bin.low) ?? -5, -3);
    const median = medianFrequency();
    addSection("frequency", "How often latents are active",
        `${shares.join("; ")}; ${count(dead)} are silent${Number.isFinite(median) ? `. The median latent is active on ${oneIn(median)}` : ""}.`,
        chart("Latents by frequency", `${shares.join("; ")}.`, "share of tokens, logarithmic", boxWidth => Plot.plot(plotOptions(boxWidth, 248, {
            marginTop: 34, marginBottom: 36,
            x: { domain: [low, 0], label: null, ticks: d3.range(Math.ceil(low), 1), tickFormat: logShareTick, tickSize: 3 },
            y: { label: null, grid: true, tickSize: 0, ticks: 5, tickFormat: count },
            marks: [
                Plot.rectY(filled, { x1: "low", x2: "high", y: "times", fill: ACCENT, fillOpacity: 0.85, insetLeft: 0.5, insetRight: 0.5 }),
                Plot.ruleY([0], { stroke: "var(--line-strong)" }),
                Plot.ruleX(marks, { x: "at", stroke: "var(--heat-strong)", strokeDasharray: "4 3", insetTop: -8 }),
                Plot.text(marks, {
                    x: "at", frameAnchor: "top", dx: 6, dy: -22, textAnchor: "start", lineAnchor: "top", fill: "var(--ink)", fontSize: 11,
                    text: mark => boxWidth > 560 ? `${percent(mark.above / width)} above ${mark.name}` : percent(mark.above / width),
                }),
                Plot.tip(filled, Plot.pointerX({
                    x: bin => (bin.low + bin.high) / 2, y: "times", fill: "var(--surface)", stroke: "var(--line-strong)", fontSize: 12, lineHeight: 1.35, textPadding: 9, pathFilter: "none",
                    title: bin => `${count(bin.times)} latents\nactive on ${percent(10 ** bin.low, 2)} – ${percent(10 ** bin.high, 2)} of tokens`,
                })),
            ],
        }))));
}

/** Of all latents, silent ones included, where the report has them all. */
function medianFrequency() {
    return latents.index.length === report.provenance.width ? d3.median(latents.frequency) : NaN;
}
