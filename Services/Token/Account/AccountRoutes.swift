import GatehouseHTTP
import GatehousePlatform
import GatehouseWeb

/// `/account/applications`: where one is who has signed in and wanted to go nowhere else.
final class AccountRoutes {
    private let visits: VisitRoutes

    init(_ visits: VisitRoutes) { self.visits = visits }

    func mount(on router: Router) {
        visits.get(router, SignInRoutes.home.text) { visit in
            guard let session = try await self.visits.session(of: visit) else { return self.visits.signIn(for: visit) }
            return AccountPages.signedIn(session).response()
        }
    }
}
