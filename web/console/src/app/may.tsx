// What the operator may do here, as the server says it. What is refused isn't offered; what needs a second factor says so.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Button, type ButtonProps } from 'antd'
import { useCallback, useState } from 'react'
import { api, call } from '~/api/client'
import type { components } from '~/api/schema'
import { useWords } from '~/i18n'
import { ButtonLink } from '~/parts/ButtonLink'
import { Dialog } from '~/parts/Dialog'
import { useCommunity } from './community'
import css from './may.module.css'

export type Action =
  | 'people.read'
  | 'people.reveal'
  | 'people.write'
  | 'people.erase'
  | 'intake.read'
  | 'intake.write'
  | 'review.decide'
  | 'circle.read'
  | 'circle.write'
  | 'circle.moderate'
  | 'circle.post'
  | 'team.read'
  | 'team.manage'
  | 'event.read'
  | 'growth.read'
  | 'growth.write'
  | 'shop.read'
  | 'shop.write'
  | 'event.write'
  | 'event.check'
  | 'task.read'
  | 'task.work'
  | 'touch.read'
  | 'touch.send'
  | 'order.read'
  | 'order.write'
  | 'money.read'
  | 'money.post'
  | 'money.pay'
  | 'playbook.read'
  | 'playbook.apply'
  | 'settings.read'
  | 'staff.read'
  | 'staff.manage'
  | 'token.manage'
  | 'audit.read'
  | 'import.run'
  | 'export.run'
  | 'job.manage'

export type Leave = 'yes' | 'second-factor' | 'no'

export const hereQuery = (community: string) =>
  queryOptions({
    queryKey: ['here', community],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<components['schemas']['Here']>(
        api.GET('/api/v1/communities/{community}', { params: { path: { community } }, signal }),
      ),
  })

/** Tells of an action whether it may be offered. Until it is known nothing is; if it can't be known, the server decides. */
export function useMay(): (action: Action) => Leave {
  const slug = useCommunity()?.slug ?? ''
  const { data, isError } = useQuery({ ...hereQuery(slug), enabled: slug !== '' })
  return useCallback(
    (action) => {
      if (isError) return 'yes'
      if (data?.actions?.includes(action)) return 'yes'
      return data?.with_mfa?.includes(action) ? 'second-factor' : 'no'
    },
    [data, isError],
  )
}

/** A button for something that not everybody may do: absent for those who may not. */
export function MayButton({ action, onClick, ...rest }: ButtonProps & { action: Action }) {
  const may = useMay()(action)
  const [asking, setAsking] = useState(false)
  if (may === 'no') return null
  return (
    <>
      <Button {...rest} onClick={may === 'yes' ? onClick : () => setAsking(true)} />
      <NeedsSecondFactor open={asking} onClose={() => setAsking(false)} />
    </>
  )
}

/** Says that something asks for a second factor, and leads to turning it on. */
export function NeedsSecondFactor({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useWords()
  return (
    <Dialog open={open} title={t('frame.may.factor')} onClose={onClose}>
      <p>{t('frame.may.factor.why')}</p>
      <p className={css.buttons}>
        <ButtonLink to="/account/totp">{t('frame.user.totp')}</ButtonLink>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </p>
    </Dialog>
  )
}
