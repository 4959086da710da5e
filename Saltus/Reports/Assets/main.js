// Puts the page together, and keeps the address, the list and the latent's page in step.

function addLatents() {
    if (latents.index.length === 0) {
        return;
    }
    const ranks = tellingRanks();
    const pane = el("article", { class: "latent", "aria-labelledby": "latent-title" });
    const list = latentList(choose);
    const hint = el("p", { class: "hint" }, el("kbd", {}, "j"), " next ", el("kbd", {}, "k"), " previous ", el("kbd", {}, "/"), " search");
    const lede = [report.latentsNote ? sentence(report.latentsNote) + " " : "", report.tellingRule ? [el("strong", {}, "Most telling first: "), sentence(report.tellingRule)] : null];
    const section = addSection("latents", "Latents", lede, hint, el("div", { class: "browser" }, list.node, pane));
    let shown = -1;

    function show(place) {
        if (place === shown) {
            return;
        }
        shown = place;
        hideTip();
        showLatent(pane, place, ranks[place], list.step);
        list.show(place);
        const top = pane.getBoundingClientRect().top;
        if (top < 0 && !isStacked()) {
            scrollTo({ top: scrollY + top - 64 });
        }
    }

    function isStacked() {
        return matchMedia("(max-width: 899px)").matches;
    }

    /** The address always names the latent shown; steps do not fill the history. */
    function choose(place, isPicked) {
        history.replaceState(null, "", "#latent=" + latents.index[place]);
        show(place);
        if (isPicked && isStacked()) {
            pane.scrollIntoView();
        }
    }

    function followAddress() {
        const place = placeOfIndex.get(Number(/^#latent=(\d+)$/.exec(location.hash)?.[1] ?? NaN));
        if (place !== undefined) {
            show(place);
            (isStacked() ? pane : section).scrollIntoView();
        }
    }

    document.addEventListener("keydown", event => {
        const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea");
        if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (event.key === "j" || event.key === "k") {
            list.step(event.key === "j" ? 1 : -1);
        } else if (event.key === "/") {
            event.preventDefault();
            list.focusSearch();
        }
    });
    addEventListener("hashchange", followAddress);
    list.refresh();
    show(list.first());
    followAddress();
}

function sentence(text) {
    return /[.!?]$/.test(text) ? text : text + ".";
}

/** Marks the section in sight in the bar. */
function followScroll() {
    const links = new Map(Array.from(document.querySelectorAll("#sections a"), link => [link.getAttribute("href").slice(1), link]));
    const seen = new IntersectionObserver(entries => {
        for (const entry of entries) {
            if (entry.isIntersecting) {
                links.forEach((link, id) => id === entry.target.id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));
            }
        }
    }, { rootMargin: "-30% 0px -65% 0px" });
    links.forEach((link, id) => seen.observe(document.getElementById(id)));
}

setUpTheme();
addHeader();
addTraining();
addFidelity();
addComparison();
addFrequency();
addLatents();
followScroll();
