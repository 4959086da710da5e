// The page of one latent.

/** Fills the pane with a latent's page. */
function showLatent(pane, place, rank, step) {
    pane.querySelectorAll("figure.chart").forEach(dropChart);
    const page = latentPage(place);
    pane.replaceChildren();
    append(pane, [
        latentHead(page, rank, step),
        page.max > 0 ? null : el("p", { class: "notice" }, "This latent was silent on every token looked at: it has no snippets. What its decoder direction would promote is below."),
        el("div", { class: "latent-grid" },
            page.histogram.length > 0 ? activationChart(page) : null,
            page.topTokens.length > 0 ? topTokens(page.topTokens) : null,
            page.promoted.length > 0 ? logits("Promotes", "Output tokens that the decoder direction makes more likely, and by how much it raises their logits.", page.promoted, "promoted") : null,
            page.suppressed.length > 0 ? logits("Suppresses", "Output tokens that the decoder direction makes less likely.", page.suppressed, "suppressed") : null),
        page.neighbours.length > 0 ? neighbours(page.neighbours) : null,
        snippetGroups(page),
    ]);
}

function latentHead(page, rank, step) {
    const previous = el("button", { type: "button", class: "quiet-button", onclick: () => step(-1) }, icon("M10 3L5 8l5 5"), "Previous");
    const next = el("button", { type: "button", class: "quiet-button", onclick: () => step(1) }, "Next", icon("M6 3l5 5-5 5"));
    const stats = [
        ["Frequency", percent(page.frequency), oneIn(page.frequency)],
        ["Max activation", significant(page.max, 4)],
        ["Threshold θ", page.threshold === null ? null : significant(page.threshold, 4), page.max > 0 && page.threshold ? `${percent(page.threshold / page.max, 2)} of the max` : null],
        ["Decoder norm", page.decoderNorm === null ? null : significant(page.decoderNorm, 4)],
        ["Encoder · decoder", page.cosine === null ? null : places(page.cosine, 3), "cosine"],
        ["Telling rank", page.score === null ? null : count(rank), `of ${count(latents.index.length)}, from 0; score ${significant(page.score, 3)}`],
    ].filter(([, value]) => value !== null);
    return el("header", { class: "latent-head" },
        el("div", { class: "latent-title" },
            el("h3", { id: "latent-title", tabindex: "-1" }, "Latent ", el("a", { href: "#latent=" + page.index }, String(page.index))),
            el("div", { class: "stepper" }, el("a", { class: "quiet-button to-list", href: "#latents" }, "List"), previous, next)),
        el("dl", { class: "stats" }, stats.map(([name, value, note]) => el("div", {}, el("dt", {}, name), el("dd", {}, value, note ? el("span", { class: "note" }, note) : null)))));
}

function activationChart(page) {
    const bins = page.histogram;
    const most = d3.max(bins, bin => bin.times);
    const total = d3.sum(bins, bin => bin.times);
    return chart("Activations", `${count(total)} active tokens, from ${significant(bins[0].low, 3)} to ${significant(bins.at(-1).high, 3)}.`, "active tokens, square-root scale", width => Plot.plot(plotOptions(width, 190, {
        marginLeft: 40,
        x: { label: null, domain: [Math.min(0, bins[0].low), bins.at(-1).high], ticks: Math.max(3, Math.floor(width / 70)), tickSize: 3 },
        y: { type: "sqrt", label: null, grid: true, tickSize: 0, ticks: 4, domain: [0, most], nice: false, tickFormat: value => Number.isInteger(value) ? compact(value) : "" },
        marks: [
            Plot.rectY(bins, { x1: "low", x2: "high", y: "times", fill: bin => shade((bin.low + bin.high) / 2 / page.max), insetLeft: 0.5, insetRight: 0.5 }),
            Plot.ruleY([0], { stroke: "var(--line-strong)" }),
            page.threshold ? Plot.ruleX([page.threshold], { stroke: "var(--ink)", strokeDasharray: "3 3" }) : null,
            page.threshold ? Plot.text([page.threshold], { x: value => value, frameAnchor: "top", text: () => "θ", dx: 5, textAnchor: "start", lineAnchor: "top", fill: "var(--ink)", fontSize: 12, stroke: "var(--surface)", strokeWidth: 3 }) : null,
            Plot.tip(bins.filter(bin => bin.times > 0), Plot.pointerX({
                x: bin => (bin.low + bin.high) / 2, y: "times", fill: "var(--surface)", stroke: "var(--line-strong)", fontSize: 12, lineHeight: 1.35, textPadding: 9, pathFilter: "none",
                title: bin => `${count(bin.times)} tokens\n${significant(bin.low, 3)} – ${significant(bin.high, 3)}`,
            })),
        ].filter(Boolean),
    })));
}

/** The shade of a share of the maximum, as on the tokens, but with a floor that stands out from the page. */
function shade(share) {
    return `color-mix(in oklab, var(--heat) ${(35 + 65 * Math.min(1, share)).toFixed(0)}%, var(--surface))`;
}

function topTokens(tokens) {
    const most = d3.max(tokens, token => token.mean);
    return bars("Active on", "Tokens on which the latent is active: mean activation there, and how often.", "heat", tokens.map(token => ({
        text: token.text, share: token.mean / most, value: significant(token.mean, 3), aside: "×" + compact(token.times),
        tip: `mean activation ${significant(token.mean)} over ${count(token.times)} ${token.times === 1 ? "token" : "tokens"}`,
    })));
}

function logits(title, explanation, tokens, kind) {
    const most = d3.max(tokens, token => Math.abs(token.logit));
    return bars(title, explanation, kind, tokens.map(token => ({
        text: token.text, share: Math.abs(token.logit) / most, value: (token.logit > 0 ? "+" : "") + significant(token.logit, 3), tip: `logit ${significant(token.logit)}`,
    })));
}

/** A small table of tokens with a bar behind each value. */
function bars(title, explanation, kind, rows) {
    const hasAside = rows.some(row => row.aside);
    const caption = el("caption", {}, withTip(el("span", { class: "dotted", tabindex: "0" }, title), () => explanation));
    return el("table", { class: "bars " + kind }, caption,
        el("thead", { class: "visually-hidden" }, el("tr", {}, ["Token", "Value", ...(hasAside ? ["Times"] : [])].map(name => el("th", { scope: "col" }, name)))),
        el("tbody", {}, rows.map(row => {
            const bar = el("span", { class: "bar", "aria-hidden": "true" });
            bar.style.width = (100 * Math.max(0.02, row.share)).toFixed(1) + "%";
            return withTip(el("tr", {},
                el("th", { scope: "row" }, tokenChip(row.text)),
                el("td", { class: "bar-cell" }, bar, el("span", { class: "bar-value" }, row.value)),
                hasAside ? el("td", { class: "aside" }, row.aside) : null),
            () => [el("code", {}, spellOut(row.text)), el("span", {}, row.tip)]);
        })));
}

function neighbours(list) {
    return el("p", { class: "neighbours" }, el("span", { class: "label" }, "Similar decoder directions"),
        list.map(([index, cosine]) => {
            const place = placeOfIndex.get(index);
            const tokens = place === undefined ? [] : latents.top[place].slice(0, 2).map(token => report.vocabulary[token]);
            const inside = [el("span", { class: "row-index" }, String(index)), tokens.map(tokenChip), el("span", { class: "cosine" }, places(cosine, 2))];
            return place === undefined ? el("span", { class: "neighbour" }, inside) : el("a", { class: "neighbour", href: "#latent=" + index }, inside);
        }));
}
