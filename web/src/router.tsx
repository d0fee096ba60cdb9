/** Every view and its address. Filters are part of the address, so that a link shows what its sender saw. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Crashed, UnknownPage } from './shell/odd-pages.tsx'
import { Frame } from './shell/frame.tsx'
import { OverviewView } from './views/overview/overview-view.tsx'
import {
  differenceFilters,
  heldFilters,
  movementFilters,
  quarantineFilters,
  transitFilters,
} from './views/filters.ts'

const root = createRootRoute({ component: Frame, notFoundComponent: UnknownPage, errorComponent: Crashed })
const under = { getParentRoute: () => root }

const routes = [
  createRoute({ ...under, path: '/', component: OverviewView }),
  createRoute({
    ...under,
    path: '/warehouses',
    component: lazyRouteComponent(() => import('./views/stock/warehouses-view.tsx'), 'WarehousesView'),
  }),
  createRoute({
    ...under,
    path: '/warehouses/$warehouse',
    component: lazyRouteComponent(() => import('./views/stock/warehouse-view.tsx'), 'WarehouseView'),
  }),
  createRoute({
    ...under,
    path: '/products/$product',
    component: lazyRouteComponent(() => import('./views/stock/product-view.tsx'), 'ProductView'),
  }),
  createRoute({
    ...under,
    path: '/warehouses/$warehouse/products/$product',
    component: lazyRouteComponent(() => import('./views/card/card-view.tsx'), 'CardView'),
  }),
  createRoute({
    ...under,
    path: '/movements',
    validateSearch: movementFilters,
    component: lazyRouteComponent(() => import('./views/lists/movements-view.tsx'), 'MovementsView'),
  }),
  createRoute({
    ...under,
    path: '/movements/$movement',
    component: lazyRouteComponent(() => import('./views/movement/movement-view.tsx'), 'MovementView'),
  }),
  createRoute({
    ...under,
    path: '/transit',
    validateSearch: transitFilters,
    component: lazyRouteComponent(() => import('./views/lists/transit-view.tsx'), 'TransitView'),
  }),
  createRoute({
    ...under,
    path: '/held',
    validateSearch: heldFilters,
    component: lazyRouteComponent(() => import('./views/lists/held-view.tsx'), 'HeldView'),
  }),
  createRoute({
    ...under,
    path: '/differences',
    validateSearch: differenceFilters,
    component: lazyRouteComponent(() => import('./views/lists/differences-view.tsx'), 'DifferencesView'),
  }),
  createRoute({
    ...under,
    path: '/quarantine',
    validateSearch: quarantineFilters,
    component: lazyRouteComponent(() => import('./views/quarantine/quarantine-view.tsx'), 'QuarantineView'),
  }),
  createRoute({
    ...under,
    path: '/quarantine/$message',
    component: lazyRouteComponent(() => import('./views/quarantine/message-view.tsx'), 'MessageView'),
  }),
  createRoute({
    ...under,
    path: '/try',
    component: lazyRouteComponent(() => import('./views/try/try-view.tsx'), 'TryView'),
  }),
] as const

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
