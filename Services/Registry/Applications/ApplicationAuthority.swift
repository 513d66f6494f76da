import GatehouseModel
import GatehousePlatform

extension Authority {
    /// What an application's secret is worth: the reach of its run-as user, and its scopes.
    ///
    /// Without a run-as user, each user who authorises the application bounds it.
    init(scopes: [Scope], under user: RunAsUser?) {
        self.init(permissions: user?.permissions ?? [], domains: user?.domains ?? .none, scopes: Set(scopes))
    }

    func demand(of author: Author) throws(Problem) {
        try demand(of: author, "The application may do what you may not.")
    }
}
