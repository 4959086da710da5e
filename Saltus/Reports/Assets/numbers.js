// Numbers as people read them: a narrow space before %, a real minus, digits of equal width by CSS.

const MISSING = "–";
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 2048 → 2,048 */
function count(value) {
    return Number.isFinite(value) ? minus(grouped.format(value)) : MISSING;
}

/** 2048000 → 2.05M; below ten thousand in full. */
function compact(value) {
    if (!Number.isFinite(value)) {
        return MISSING;
    }
    for (const [unit, letter] of [[1e9, "B"], [1e6, "M"], [1e3, "k"]]) {
        if (value >= unit * (letter === "k" ? 10 : 1)) {
            return String(Number((value / unit).toPrecision(3))) + letter;
        }
    }
    return count(value);
}

/** A number with so many significant digits, trailing zeros kept. */
function significant(value, digits = 4) {
    if (!Number.isFinite(value)) {
        return MISSING;
    }
    const size = Math.abs(value);
    if (size === 0) {
        return "0";
    }
    if (size >= 10 ** digits) {
        return count(value);
    }
    return minus(size < 1e-4 ? value.toExponential(digits - 1).replace("e", " e") : value.toPrecision(digits));
}

/** A number with so many places after the point. */
function places(value, digits) {
    return Number.isFinite(value) ? minus(value.toFixed(digits)) : MISSING;
}

/** 0.00842 → 0.842 % */
function percent(share, digits = 3) {
    if (!Number.isFinite(share)) {
        return MISSING;
    }
    const value = share * 100;
    if (value === 0) {
        return "0\u202f%";
    }
    return minus(Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(digits)))) + "\u202f%";
}

/** 0.9848 → 98.48 %: as many places in every row of a column. */
function percentPlaces(share, digits) {
    return Number.isFinite(share) ? places(share * 100, digits) + "\u202f%" : MISSING;
}

/** A share in words: 1 in 119. */
function oneIn(share) {
    if (!(share > 0)) {
        return "never";
    }
    return share > 0.5 ? "most tokens" : "1 token in " + compact(Math.round(1 / share));
}

/** 102.4 → 1 min 42 s */
function duration(seconds) {
    if (seconds < 60) {
        return significant(seconds, 3) + " s";
    }
    const whole = Math.round(seconds);
    const parts = [[Math.floor(whole / 3600), "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]];
    return parts.filter(([value]) => value > 0).slice(0, 2).map(([value, unit]) => value + " " + unit).join(" ");
}

function signed(value, digits) {
    return (value > 0 ? "+" : "") + places(value, digits);
}

function minus(text) {
    return text.replaceAll("-", "\u2212");
}
