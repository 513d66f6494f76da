extension WebPage {
    /// What went wrong, in words for people, and what they can do about it.
    public static func error(
        _ status: Int, _ title: String, person: Person? = nil, @HTMLBuilder _ words: () -> HTML
    ) -> WebPage {
        WebPage(title, status: status, person: person) {
            HTML.card {
                HTML.symbol(.alert)
                HTML.h1(HTML(title))
                words()
            }
        }
    }

    /// When nothing can be said: the database is away, say.
    public static func unavailable(person: Person? = nil) -> WebPage {
        .error(503, "Not available at the moment", person: person) {
            HTML.p("Something that this page needs cannot be reached. Nothing was changed.")
            HTML.p("Please try again in a moment.", .class(.quiet))
        }
    }
}
