// Token texts are strangers' bytes. White space is drawn, invisible characters are named, and the direction of a text cannot leave its token.

const DRAWN = new Map([["\n", "↵"], ["\r", "␍"], ["\t", "⇥"], [" ", "␣"], ["\u00a0", "⍽"]]);
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]/u;

/** Letters that may run from right to left: only tokens with them pay for a direction of their own. */
const MIXED_DIRECTION = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

function mark(text) {
    return el("span", { class: "mark" }, text);
}

/** Splits a text into runs to be shown as they are and characters to be drawn. */
function drawText(text, drawSpace) {
    const nodes = [];
    let run = "";
    const characters = Array.from(text);
    characters.forEach((character, at) => {
        const isInvisible = INVISIBLE.test(character);
        const isDrawn = DRAWN.has(character) && (character !== " " || drawSpace(at, characters));
        if (!isInvisible && !isDrawn) {
            run += character;
            return;
        }
        if (run) {
            nodes.push(run);
            run = "";
        }
        nodes.push(mark(DRAWN.get(character) ?? "U+" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")));
    });
    if (run) {
        nodes.push(run);
    }
    return nodes;
}

/** In running text spaces stay spaces, but for a token of nothing else. */
function drawInText(text) {
    const blank = text.trim() === "";
    return drawText(text, () => blank && text.length > 1);
}

/** Alone, a token shows the spaces at its ends. */
function drawAlone(text) {
    if (text === "") {
        return [mark("empty")];
    }
    return drawText(text, (at, characters) => at === 0 || at === characters.length - 1 || text.trim() === "");
}

/** A token by itself, as in tables and in the list. */
function tokenChip(text) {
    return el("bdi", { class: "token-chip" }, drawAlone(text));
}

/** A token in words, for tips and accessible names. */
function spellOut(text) {
    return JSON.stringify(text).replace(new RegExp(INVISIBLE.source, "gu"), character =>
        "\\u" + character.codePointAt(0).toString(16).padStart(4, "0"));
}
