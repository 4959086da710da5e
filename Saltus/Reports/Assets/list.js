// The list of latents: only the rows in sight are in the page, so that its length does not matter.

const ROW_HEIGHT = 44;
const ROWS_BEYOND = 8;

/** Makes the list; `choose(place)` is called when the reader picks a latent. */
function latentList(choose) {
    const state = { sort: "telling", reversed: false, query: "", scope: "all", places: [], chosen: -1 };
    const rows = new Map();
    const spacer = el("div", { class: "list-spacer", role: "presentation" });
    const box = el("div", { class: "list", id: "latent-list", role: "listbox", tabindex: "0", "aria-label": "Latents" }, spacer);
    const status = el("p", { class: "list-status", role: "status" });
    const search = el("input", { type: "search", id: "search", placeholder: "Token, \"whole token\" or index", autocomplete: "off", spellcheck: "false", "aria-label": "Search latents", "aria-controls": "latent-list" });
    const scope = choices("Search in", SCOPES);
    const sort = choices("Sort by", Object.fromEntries(Object.entries(SORTS).map(([key, value]) => [key, value.name])));
    const direction = el("button", { type: "button", class: "icon-button", "aria-label": "Reverse the order", "aria-pressed": "false" }, icon("M5 2.5v11M5 13.5l-3-3M5 13.5l3-3M11 13.5v-11M11 2.5l-3 3M11 2.5l3 3"));
    withTip(direction, () => "Reverse the order");

    function refresh() {
        state.places = searchPlaces(sortedPlaces(state.sort, state.reversed), state.query, state.scope);
        const all = latents.index.length;
        status.textContent = state.places.length === all ? `${count(all)} latents` : `${count(state.places.length)} of ${count(all)} latents`;
        rows.forEach(row => row.remove());
        rows.clear();
        spacer.style.height = state.places.length * ROW_HEIGHT + "px";
        box.classList.toggle("empty", state.places.length === 0);
        box.scrollTop = 0;
        draw();
    }

    function draw() {
        const first = Math.max(0, Math.floor(box.scrollTop / ROW_HEIGHT) - ROWS_BEYOND);
        const last = Math.min(state.places.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW_HEIGHT) + ROWS_BEYOND);
        for (const [at, row] of rows) {
            if (at < first || at >= last) {
                row.remove();
                rows.delete(at);
            }
        }
        for (let at = first; at < last; at++) {
            if (!rows.has(at)) {
                const row = makeRow(at);
                rows.set(at, row);
                spacer.append(row);
            }
        }
        markChosen();
    }

    function makeRow(at) {
        const place = state.places[at];
        const tops = latents.top[place].slice(0, 4).map(token => report.vocabulary[token]);
        const figureText = SORTS[state.sort].show(place);
        const row = el("div", {
            class: "row", role: "option", id: "row-" + at, "data-place": place,
            "aria-selected": "false", "aria-posinset": at + 1, "aria-setsize": state.places.length,
        },
            el("span", { class: "row-index" }, String(latents.index[place])),
            el("span", { class: "row-tokens" }, tops.length ? tops.map(tokenChip) : el("span", { class: "silent" }, "silent")),
            el("span", { class: "row-figure" }, figureText));
        row.style.top = at * ROW_HEIGHT + "px";
        return row;
    }

    function markChosen() {
        let active = null;
        for (const [at, row] of rows) {
            const chosen = state.places[at] === state.chosen;
            row.setAttribute("aria-selected", String(chosen));
            active = chosen ? row.id : active;
        }
        if (active) {
            box.setAttribute("aria-activedescendant", active);
        } else {
            box.removeAttribute("aria-activedescendant");
        }
    }

    /** Marks a latent as chosen and brings its row into sight. */
    function show(place) {
        state.chosen = place;
        const at = state.places.indexOf(place);
        if (at >= 0) {
            const top = at * ROW_HEIGHT;
            if (top < box.scrollTop || top + ROW_HEIGHT > box.scrollTop + box.clientHeight) {
                box.scrollTop = Math.max(0, top - (box.clientHeight - ROW_HEIGHT) / 2);
            }
        }
        draw();
    }

    /** Chooses the latent so many rows on; from one that the search hides, the first row. */
    function step(rowsOn) {
        if (state.places.length === 0) {
            return;
        }
        const at = state.places.indexOf(state.chosen);
        const next = at < 0 ? 0 : Math.max(0, Math.min(state.places.length - 1, at + rowsOn));
        if (next !== at) {
            choose(state.places[next]);
        }
    }

    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    box.addEventListener("keydown", event => {
        if (event.key in steps && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            step(steps[event.key]);
        }
    });
    box.addEventListener("click", event => {
        const row = event.target.closest(".row");
        if (row) {
            choose(Number(row.dataset.place), true);
        }
    });
    let waiting = false;
    box.addEventListener("scroll", () => {
        if (!waiting) {
            waiting = true;
            requestAnimationFrame(() => {
                waiting = false;
                draw();
            });
        }
    }, { passive: true });
    new ResizeObserver(draw).observe(box);
    search.addEventListener("input", () => {
        state.query = search.value;
        refresh();
    });
    search.addEventListener("keydown", event => {
        if (event.key === "ArrowDown" || event.key === "Enter") {
            event.preventDefault();
            box.focus();
            step(state.places.includes(state.chosen) ? 0 : 1);
        }
    });
    scope.addEventListener("change", () => {
        state.scope = scope.value;
        refresh();
    });
    sort.addEventListener("change", () => {
        state.sort = sort.value;
        refresh();
    });
    direction.addEventListener("click", () => {
        state.reversed = !state.reversed;
        direction.setAttribute("aria-pressed", String(state.reversed));
        refresh();
    });

    const node = el("div", { class: "browser-list", role: "search", "aria-label": "Find a latent" },
        el("div", { class: "list-tools" }, search, labelled("in", scope), el("div", { class: "sorter" }, labelled("by", sort), direction)),
        status, box, el("p", { class: "nothing" }, "No latent matches. Tokens are searched among each latent's top, promoted and suppressed ones."));
    return { node, refresh, show, step, focusSearch: () => search.focus(), first: () => state.places[0] };
}

function choices(name, options) {
    return el("select", { "aria-label": name }, Object.entries(options).map(([value, text]) => el("option", { value }, text)));
}

function labelled(text, control) {
    return el("span", { class: "labelled" }, el("span", { "aria-hidden": "true" }, text), control);
}
