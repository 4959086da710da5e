// Light or dark: the system's choice until the button is used; the choice is kept where the browser lets a file keep one.

const themeButton = document.getElementById("theme");
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const SUN = "M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3.05 3.05l1.13 1.13M11.82 11.82l1.13 1.13M3.05 12.95l1.13-1.13M11.82 4.18l1.13-1.13M8 4.9a3.1 3.1 0 1 0 0 6.2a3.1 3.1 0 1 0 0-6.2";
const MOON = "M13.4 9.9A5.9 5.9 0 0 1 6.1 2.6a5.9 5.9 0 1 0 7.3 7.3z";

function keptTheme() {
    try {
        return localStorage.getItem("saltus-theme");
    } catch {
        return null;
    }
}

function isDark() {
    return (document.documentElement.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";
}

function showThemeButton() {
    const name = isDark() ? "Switch to light colours" : "Switch to dark colours";
    themeButton.setAttribute("aria-label", name);
    themeButton.replaceChildren(icon(isDark() ? SUN : MOON));
}

function setUpTheme() {
    const kept = keptTheme();
    if (kept === "light" || kept === "dark") {
        document.documentElement.dataset.theme = kept;
    }
    withTip(themeButton, () => themeButton.getAttribute("aria-label"));
    themeButton.addEventListener("click", () => {
        const next = isDark() ? "light" : "dark";
        document.documentElement.dataset.theme = next;
        try {
            localStorage.setItem("saltus-theme", next);
        } catch {
            // A browser that keeps nothing for files still switches.
        }
        showThemeButton();
        hideTip();
    });
    systemDark.addEventListener("change", showThemeButton);
    showThemeButton();
}
