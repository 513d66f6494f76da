import GatehouseModel
import GatehouseWeb

/// The pages of signing out.
enum SignOutPages {
    static func form(_ session: Session, csrf: String) -> WebPage {
        WebPage("Sign out", person: WebPage.Person(session)) {
            HTML.card {
                HTML.h1("Sign out")
                HTML.p("You are signed in as \(.strong(HTML(session.user.name))) (\(session.email)).")
                HTML.form(to: SignOutRoutes.path, csrf: csrf) {
                    HTML.actions {
                        HTML.button("Sign out", .primary, name: "from", value: "here")
                        HTML.button("Sign out everywhere", .choice, name: "from", value: "everywhere")
                    }
                }
                HTML.p("“Everywhere” ends your sessions in all browsers, this one included.", .class(.quiet))
            }
        }
    }

    static let done = WebPage("Signed out") {
        HTML.card {
            HTML.h1("You are signed out")
            HTML.p("Nobody is signed in to Gatehouse in this browser.")
            HTML.button(to: Link(SignInRoutes.path), "Sign in")
        }
    }
}
