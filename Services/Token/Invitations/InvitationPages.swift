import GatehouseModel
import GatehouseWeb

/// The pages behind an invitation link.
enum InvitationPages {
    static func form(for visitor: Visitor, token: String, csrf: String, error: String? = nil) -> WebPage {
        let fields = [
            // Shown so that a password manager knows what the password belongs to.
            Field("email", "E-mail address", .email, autocomplete: .username, value: visitor.email, isFixed: true),
            Field(
                "password", "New password", .password, autocomplete: .newPassword,
                hint: "At least \(Password.fewest) characters: a few words that only you would put together do well.",
                error: error),
        ]
        return WebPage(
            error == nil ? "Choose your password" : "Error: Choose your password", status: error == nil ? 200 : 422
        ) {
            HTML.card {
                HTML.h1("Choose your password")
                HTML.p("Welcome, \(visitor.user.name). From now on you sign in to Gatehouse with it.")
                HTML.problems(in: fields)
                HTML.form(to: InvitationRoutes.path, csrf: csrf, hidden: [("token", token)]) {
                    for field in fields { field.html }
                    HTML.button("Save and sign in")
                }
            }
        }
    }

    /// Used, too old, replaced by another, or never there: nobody is told which.
    static let ended = WebPage.error(410, "This link does not work any more") {
        HTML.p("An invitation works once, within a day, and only until the next one is made.")
        HTML.p("Ask the administrator who sent it to you for another.")
        HTML.button(to: Link(SignInRoutes.path), "Sign in", .choice)
    }
}
