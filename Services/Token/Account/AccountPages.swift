import GatehouseModel
import GatehouseWeb

/// The pages of who is signed in.
enum AccountPages {
    static func signedIn(_ session: Session) -> WebPage {
        WebPage("Your account", person: WebPage.Person(session)) {
            HTML.card {
                HTML.h1("You are signed in")
                HTML.facts([("Name", HTML(session.user.name)), ("E-mail address", HTML(session.email))])
                HTML.button(to: .path("/logout"), "Sign out", .choice)
            }
        }
    }
}
