import GatehouseWeb

/// The pages of signing in.
enum SignInPages {
    /// What a form that comes back says.
    enum Complaint {
        case refused
        case missing(email: Bool, password: Bool)
        case expired
    }

    static func form(csrf: String, next: LocalPath?, email: String = "", _ complaint: Complaint? = nil) -> WebPage {
        var fields = [
            Field("email", "E-mail address", .email, autocomplete: .username, value: email),
            Field("password", "Password", .password, autocomplete: .currentPassword),
        ]
        var status = 200
        switch complaint {
        case nil: break
        case .refused: status = 403
        case .expired: status = 403
        case .missing(let isEmailMissing, let isPasswordMissing):
            status = 422
            if isEmailMissing { fields[0].error = "Enter your e-mail address" }
            if isPasswordMissing { fields[1].error = "Enter your password" }
        }
        return WebPage(complaint == nil ? "Sign in" : "Error: Sign in", status: status) {
            HTML.card {
                HTML.h1("Sign in")
                said(complaint, fields)
                HTML.form(to: SignInRoutes.path, csrf: csrf, hidden: next.map { [("next", $0.text)] } ?? []) {
                    for field in fields { field.html }
                    HTML.button("Sign in")
                }
                HTML.p("No password yet, or forgotten it? Ask an administrator for an invitation link.", .class(.quiet))
            }
        }
    }

    private static func said(_ complaint: Complaint?, _ fields: [Field]) -> HTML {
        switch complaint {
        case nil: .nothing
        case .missing: .problems(in: fields)
        case .refused:
            .problems(
                "You could not be signed in",
                ["The e-mail address or the password is not right, or the account is not active."])
        case .expired: .problems("This page was open for too long", ["Please sign in again. Nothing was done."])
        }
    }

    static func throttled(seconds: Int, next: LocalPath?) -> WebPage {
        WebPage.error(429, "Too many attempts") {
            HTML.p(
                "Signing in has failed too often. Please wait \(words(seconds)), then try again: nobody is locked out for good."
            )
            HTML.p(
                "If you do not remember your password, ask an administrator for an invitation link.", .class(.quiet))
            HTML.button(
                to: Link(next.map { SignInRoutes.path.with("next", $0.text) } ?? SignInRoutes.path), "Back to sign in")
        }
    }

    private static func words(_ seconds: Int) -> String {
        switch seconds {
        case ...1: "a second"
        case ..<90: "\(seconds) seconds"
        default: "\((seconds + 59) / 60) minutes"
        }
    }
}
