// One tip for the whole page. What it says comes from a function that an element's maker registered.

const tipTexts = new WeakMap();
const tipBox = document.getElementById("tip");
let tipOwner = null;

/** Gives an element a tip on hover and focus; the text is made when it is first needed. */
function withTip(node, text) {
    tipTexts.set(node, text);
    node.dataset.tip = "";
    return node;
}

function showTip(node) {
    tipOwner = node;
    tipBox.replaceChildren(...[tipTexts.get(node)()].flat());
    tipBox.hidden = false;
    const around = node.getClientRects()[0] ?? node.getBoundingClientRect();
    const own = tipBox.getBoundingClientRect();
    const left = Math.max(8, Math.min(around.left + around.width / 2 - own.width / 2, document.documentElement.clientWidth - own.width - 8));
    const above = around.top - own.height - 8;
    tipBox.style.left = left + "px";
    tipBox.style.top = (above > 56 ? above : around.bottom + 8) + "px";
}

function hideTip() {
    tipOwner = null;
    tipBox.hidden = true;
}

function followPointer(event) {
    const node = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
    if (node === tipOwner) {
        return;
    }
    if (node && tipTexts.has(node)) {
        showTip(node);
    } else {
        hideTip();
    }
}

document.addEventListener("pointerover", followPointer);
document.addEventListener("focusin", event => event.target.matches(":focus-visible") && followPointer(event));
document.addEventListener("focusout", hideTip);
document.addEventListener("scroll", hideTip, { capture: true, passive: true });
document.addEventListener("keydown", event => event.key === "Escape" && hideTip());
