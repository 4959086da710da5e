// The data blocks as ReportData.cs wrote them.
//
// report-data: one object with the run; `vocabulary` (texts of tokens), `documents` ([title, source]) and `latents`: columns
// index, frequency, max, score, and top, promoted, suppressed (lists of token numbers).
// latents-N: pages of `latentsInBlock` latents in the order of the columns, each
// [threshold, decoder norm, encoder cosine, [neighbour, cosine, …], [mean, count, …], [promoted logits], [suppressed logits],
//  [[edges], [counts]], [snippets], [[low, high, count, [snippets]], …]]; a snippet is
// [document text, document, position, focus, [token numbers], [offset, activation, …]].

const report = readBlock("report-data");
const latents = report.latents;
const placeOfIndex = new Map(latents.index.map((index, place) => [index, place]));
const blocks = new Map();

function readBlock(id) {
    return JSON.parse(document.getElementById(id).textContent);
}

/** Reads the page of the latent at a place of the columns. */
function latentPage(place) {
    const number = Math.floor(place / report.latentsInBlock);
    if (!blocks.has(number)) {
        blocks.set(number, readBlock("latents-" + number));
    }
    const page = blocks.get(number)[place % report.latentsInBlock];
    const [threshold, decoderNorm, cosine, neighbours, topTokens, promoted, suppressed, histogram, top, intervals] = page;
    return {
        index: latents.index[place],
        frequency: latents.frequency[place],
        max: latents.max[place],
        score: latents.score[place],
        threshold,
        decoderNorm,
        cosine,
        neighbours: pairs(neighbours),
        topTokens: pairs(topTokens).map(([mean, times], i) => ({ text: report.vocabulary[latents.top[place][i]], mean, times })),
        promoted: promoted.map((logit, i) => ({ text: report.vocabulary[latents.promoted[place][i]], logit })),
        suppressed: suppressed.map((logit, i) => ({ text: report.vocabulary[latents.suppressed[place][i]], logit })),
        histogram: binsOf(histogram),
        snippets: top.map(readSnippet),
        intervals: intervals.map(([low, high, times, snippets]) => ({ low, high, times, snippets: snippets.map(readSnippet) })),
    };
}

function readSnippet([text, document, position, focus, tokens, active]) {
    const activations = new Float32Array(tokens.length);
    for (const [offset, activation] of pairs(active)) {
        activations[offset] = activation;
    }
    const [title, source] = report.documents[text];
    return { title, source, document, position, focus, tokens: tokens.map(token => report.vocabulary[token]), activations };
}

function binsOf([edges, counts]) {
    return counts.map((times, i) => ({ low: edges[i], high: edges[i + 1], times }));
}

function pairs(flat) {
    const result = [];
    for (let i = 0; i < flat.length; i += 2) {
        result.push([flat[i], flat[i + 1]]);
    }
    return result;
}

/** A measure is a number, or [value, low, high]. */
function valueOf(measure) {
    return Array.isArray(measure) ? measure[0] : measure ?? NaN;
}
