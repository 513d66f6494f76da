import GatehouseModel
import GatehouseWeb

/// What is said to browsers that are turned away before any page is asked.
enum VisitPages {
    static let anotherSite = WebPage.error(403, "This form came from another site") {
        HTML.p("Nothing was done. Forms of Gatehouse are sent from its own pages only.")
        HTML.button(to: Link(SignInRoutes.home), "Go to Gatehouse")
    }

    static let malformed = WebPage.error(400, "This request cannot be read") {
        HTML.p("Something in its address, or in the form, is not well-formed, or is there twice. Nothing was done.")
    }

    static let noAddress = WebPage.error(400, "Your network address cannot be told") {
        HTML.p("A proxy on the way to Gatehouse stated an address that is none. Nothing was done.")
    }

    static func addressDenied(_ address: Address) -> WebPage {
        .error(403, "Not from this network") {
            HTML.p(
                "Your organisation lets people in from certain networks only, and “\(address.text)” is on none of them."
            )
            HTML.p("If you should be able to work from here, ask an administrator to add it.", .class(.quiet))
        }
    }
}

extension WebPage.Person {
    init(_ session: Session) { self.init(name: session.user.name, email: session.email) }
}
