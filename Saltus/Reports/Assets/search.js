// Which latents the list shows, and in which order.

const SORTS = {
    telling: { name: "Most telling", column: () => latents.score, descending: true, show: place => percent(latents.frequency[place], 2) },
    frequency: { name: "Frequency", column: () => latents.frequency, descending: true, show: place => percent(latents.frequency[place], 2) },
    max: { name: "Max activation", column: () => latents.max, descending: true, show: place => significant(latents.max[place], 3) },
    index: { name: "Index", column: () => latents.index, descending: false, show: place => percent(latents.frequency[place], 2) },
};

const SCOPES = {
    all: "Everywhere",
    top: "Active on",
    promoted: "Promotes",
    suppressed: "Suppresses",
    index: "Index",
};

/** Places of all latents in the order of a sort; those without a value come last, ties by index. */
function sortedPlaces(sort, reversed) {
    const column = SORTS[sort].column();
    const sign = SORTS[sort].descending === reversed ? 1 : -1;
    return d3.range(latents.index.length).sort((a, b) => {
        const [x, y] = [column[a], column[b]];
        if (!Number.isFinite(x) || !Number.isFinite(y)) {
            return Number.isFinite(y) - Number.isFinite(x) || a - b;
        }
        return sign * (x - y) || a - b;
    });
}

/** The rank of each place by the telling score, from 0. */
function tellingRanks() {
    const ranks = new Int32Array(latents.index.length);
    sortedPlaces("telling", false).forEach((place, rank) => {
        ranks[place] = rank;
    });
    return ranks;
}

/**
 * Places that match a query, in the order given. A number finds the latent of that index, first of all; other text finds latents with a
 * token that contains it; text in "quotes" finds the token itself, white space at its ends aside.
 */
function searchPlaces(ordered, query, scope) {
    const wanted = query.trim().toLowerCase();
    if (wanted === "") {
        return ordered;
    }
    const exact = /^"(.+)"$/.exec(wanted)?.[1];
    const matches = Uint8Array.from(report.vocabulary, text => {
        const lower = text.toLowerCase();
        return exact === undefined ? lower.includes(wanted) : lower.trim() === exact.trim();
    });
    const columns = scope === "index" ? [] : scope === "all" ? [latents.top, latents.promoted, latents.suppressed] : [latents[scope]];
    const found = ordered.filter(place => columns.some(column => column[place].some(token => matches[token])));
    const named = (scope === "all" || scope === "index") && /^#?\d+$/.test(wanted) ? placeOfIndex.get(Number(wanted.replace("#", ""))) : undefined;
    return named === undefined ? found : [named, ...found.filter(place => place !== named)];
}
