// Snippets: running text whose shading is the activation, from nothing to the latent's maximum.

/** Makes one snippet; `max` is the activation of full shade. */
function snippet(data, max) {
    const text = el("p", { class: "snippet-text", dir: "auto" }, data.tokens.map((token, i) => snippetToken(data, i, max)));
    const where = [data.title, data.source].filter(Boolean).join(" · ");
    const place = [
        data.document === null ? null : `document ${data.document}`,
        data.position === null ? null : `position ${data.position}`,
    ].filter(Boolean).join(", ");
    return el("li", { class: "snippet" },
        el("span", { class: "snippet-value" }, significant(data.activations[data.focus], 3)),
        text,
        el("span", { class: "snippet-source" }, el("bdi", { class: "snippet-title" }, where), place ? el("span", {}, place) : null));
}

function snippetToken(data, i, max) {
    const activation = data.activations[i];
    // The space before a word stands before its shade, so that a shade never hangs at the end of a line.
    const isWord = data.tokens[i].length > 1 && data.tokens[i][0] === " " && data.tokens[i][1] !== " ";
    const shown = drawInText(isWord ? data.tokens[i].slice(1) : data.tokens[i]);
    const name = activation > 0 ? (i === data.focus ? "tok on focus" : "tok on") : i === data.focus ? "tok focus" : "tok";
    const node = el(i === data.focus ? "mark" : MIXED_DIRECTION.test(data.tokens[i]) ? "bdi" : "span", { class: name }, shown);
    if (activation > 0) {
        // Even the weakest activation must be seen to be one.
        node.style.setProperty("--heat-share", (8 + 92 * Math.min(1, activation / max)).toFixed(1) + "%");
    }
    withTip(node, () => [
        el("code", {}, spellOut(data.tokens[i])),
        el("strong", {}, activation > 0 ? significant(activation) : "not active"),
        data.position === null ? "" : el("span", { class: "tip-note" }, `position ${data.position + i - data.focus}`),
    ]);
    return isWord && i > 0 ? [" ", node] : node;
}

/** Top snippets, then the sampled ones from the strongest interval down. */
function snippetGroups(page) {
    const groups = [];
    if (page.snippets.length > 0) {
        groups.push(snippetGroup("Strongest activations", null, page.snippets, page.max));
    }
    if (page.intervals.some(interval => interval.snippets.length > 0)) {
        const total = d3.sum(page.intervals, interval => interval.times);
        groups.push(el("div", { class: "intervals-head" },
            el("h4", {}, "Sampled by strength"),
            el("p", {}, "Equal steps from 0 to the maximum, a few tokens drawn at random from each: the whole range, not only its end.")));
        page.intervals.forEach(interval => {
            const share = total > 0 ? `, ${percent(interval.times / total, 2)} of its activations` : "";
            groups.push(snippetGroup(`${significant(interval.low, 3)} to ${significant(interval.high, 3)}`,
                `${count(interval.times)} ${interval.times === 1 ? "token" : "tokens"}${share}`, interval.snippets, page.max, true));
        });
    }
    return el("div", { class: "snippets" }, groups);
}

function snippetGroup(title, note, snippets, max, isInterval) {
    return el("div", { class: isInterval ? "snippet-group interval-group" : "snippet-group" },
        el("div", { class: "group-head" }, el(isInterval ? "h5" : "h4", {}, title), note ? el("span", { class: "group-note" }, note) : null),
        snippets.length === 0
            ? el("p", { class: "silent" }, "No token fell into this interval.")
            : el("ol", {}, snippets.map(data => snippet(data, max))));
}
