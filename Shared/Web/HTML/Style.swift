/// The classes of the style sheet.
public enum Style: String, Sendable, CaseIterable {
    // The shell.
    case skip, bar, brand, person, narrow, wide, foot
    // Parts.
    case card, stack, facts, plain, actions, scroll, identity, logo, monogram, notice, good, bad, warning, quiet, tag
    case mark, unseen, lead
    // Forms.
    case field, hint, error, summary, button, primary, choice, danger, link
    // Of a monogram: one for each colour.
    case tint0, tint1, tint2, tint3, tint4, tint5, tint6, tint7
}
