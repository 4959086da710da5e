// Charts by Observable Plot. Colours are the page's variables, so a change of theme needs no redrawing.

const ACCENT = "var(--accent)";
const SECOND = "var(--second)";
const MUTED = "var(--muted)";
const redraws = new Map();
const widths = new ResizeObserver(entries => {
    for (const { target, contentRect } of entries) {
        redraws.get(target)?.(Math.floor(contentRect.width));
    }
});

/** Makes a figure whose chart is drawn at the width that it gets, and again when that changes. */
function chart(title, description, note, draw) {
    const box = el("div", { class: "chart-box", role: "img", "aria-label": `${title}. ${description}` });
    let drawn = 0;
    redraws.set(box, width => {
        if (width < 40 || width === drawn) {
            return;
        }
        drawn = width;
        const plot = draw(width);
        // The box speaks for the chart: Plot's groups carry labels that say "line" and "rule".
        plot.setAttribute("aria-hidden", "true");
        box.replaceChildren(plot);
    });
    widths.observe(box);
    return el("figure", { class: "chart" }, el("figcaption", {}, el("span", { class: "chart-title" }, title), note ? el("span", { class: "chart-note" }, note) : null), box);
}

/** Forgets a chart that left the page. */
function dropChart(figureNode) {
    const box = figureNode.querySelector(".chart-box");
    widths.unobserve(box);
    redraws.delete(box);
}

/** What all our charts have in common. */
function plotOptions(width, height, options) {
    return {
        width,
        height,
        marginTop: 12,
        marginRight: 12,
        marginBottom: 30,
        marginLeft: 44,
        style: { fontFamily: "inherit", fontSize: "11px", overflow: "visible" },
        ...options,
    };
}

/** Ticks of a share given as its decimal logarithm: 0.001 %, 1 %. */
function logShareTick(exponent) {
    return String(Number((100 * 10 ** exponent).toPrecision(1))) + "\u202f%";
}

/** Round numbers between two, few enough to be read: powers of ten, or 1 and 3, or 1, 2 and 5 of each decade. */
function logTicks(smallest, largest) {
    const decades = Math.log10(largest / smallest);
    const digits = decades > 2.4 ? [1] : decades > 1.3 ? [1, 3] : [1, 2, 5];
    const exponents = d3.range(Math.floor(Math.log10(smallest)), Math.ceil(Math.log10(largest)) + 1);
    const ticks = exponents.flatMap(exponent => digits.map(digit => digit * 10 ** exponent)).filter(tick => tick >= smallest && tick <= largest);
    // Less than a decade has hardly a 1, 2 or 5: there equal steps are as easy to read.
    return ticks.length > 2 ? ticks : d3.ticks(smallest, largest, 5);
}
