/** A link to a view, with the looks of the rest. */
import { Anchor, Button, NavLink, type AnchorProps, type ButtonProps, type NavLinkProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react'

type LinkAttributes = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'color' | 'style'> & {
  readonly ref?: Ref<HTMLAnchorElement>
}

export const RouteLink = createLink(function RouteAnchor(props: AnchorProps & LinkAttributes): ReactNode {
  return <Anchor {...props} />
})

export const RouteButton = createLink(function RouteButtonAnchor(
  props: ButtonProps & LinkAttributes,
): ReactNode {
  return <Button component="a" {...props} />
})

export const RouteNavLink = createLink(function RouteNavLinkAnchor(
  props: NavLinkProps & Omit<LinkAttributes, keyof NavLinkProps>,
): ReactNode {
  return <NavLink component="a" {...props} />
})
