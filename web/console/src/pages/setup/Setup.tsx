import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { getSetup, type Playbook, runSetup, type SetupDone, type SetupInput } from '~/api/auth'
import { asProblem } from '~/api/problem'
import { sessionQuery } from '~/api/queries'
import { useWords } from '~/i18n'
import { EmptyState } from '~/parts/EmptyState'
import { useTabTitle } from '~/parts/PageHeader'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { AuthSheet } from '../auth/AuthSheet'
import { CommunityStep } from './CommunityStep'
import { Finished } from './Finished'
import { OwnerStep } from './OwnerStep'
import { PlaybookStep } from './PlaybookStep'
import { StepList } from './StepList'
import { browserZone, stepOf, steps } from './steps'

/** First run: from the one-time link in the terminal to the first entry's code on the screen. One request at the end. */
export function Setup() {
  const { t } = useWords()
  useTabTitle(t('setup.title'))
  const token = useToken()
  const [result, setResult] = useState<SetupDone>()
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => getSetup(signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (result) {
    return (
      <AuthSheet plain aside={<StepList at={steps.length} />}>
        <Finished result={result} />
      </AuthSheet>
    )
  }
  if (setup.error) {
    return (
      <AuthSheet plain>
        <ProblemNotice problem={asProblem(setup.error)} onRetry={() => void setup.refetch()} />
      </AuthSheet>
    )
  }
  if (!setup.data) return <AuthSheet plain>{null}</AuthSheet>
  if (!setup.data.needed) {
    return (
      <AuthSheet plain>
        <EmptyState
          title={t('setup.done.title')}
          body={t('setup.done.body')}
          step={{ label: t('setup.done.step'), to: '/sign-in' }}
        />
      </AuthSheet>
    )
  }
  if (!token) {
    return (
      <AuthSheet plain>
        <EmptyState search title={t('setup.noToken.title')} body={t('setup.noToken.body')} />
      </AuthSheet>
    )
  }
  return <Wizard token={token} playbooks={setup.data.playbooks} onFinished={setResult} />
}

interface WizardProps {
  token: string
  playbooks: Playbook[]
  onFinished: (result: SetupDone) => void
}

function Wizard({ token, playbooks, onFinished }: WizardProps) {
  const { language } = useWords()
  const client = useQueryClient()
  const [at, setAt] = useState(0)
  const [operator, setOperator] = useState({ name: '', email: '', password: '' })
  const [community, setCommunity] = useState({ name: '', slug: '', zone: browserZone(), lang: language })
  const [playbook, setPlaybook] = useState(playbooks[0]?.name ?? '')
  const finish = useMutation({
    mutationFn: (body: SetupInput) => runSetup(body),
    onSuccess: (result) => {
      sessionStorage.removeItem(tokenKey)
      client.setQueryData(sessionQuery.queryKey, result.session)
      onFinished(result)
    },
  })
  const problem = finish.error ? asProblem(finish.error) : undefined
  // A refused field is shown on the step where it is typed.
  const wrong = problem && stepOf(problem)
  useEffect(() => {
    if (wrong !== undefined) setAt(wrong)
  }, [wrong])

  const back = () => setAt(at - 1)
  const shown = wrong === undefined || wrong === at ? problem : undefined
  const submit = (name: string) => {
    setPlaybook(name)
    finish.mutate({ token, operator, community: { ...community, playbook: name || undefined } })
  }
  const next = () => {
    // What was refused has been changed: the old refusal is about something else.
    finish.reset()
    setAt(at + 1)
  }
  return (
    <AuthSheet plain aside={<StepList at={at} />}>
      {at === 0 && (
        <OwnerStep
          problem={shown}
          owner={operator}
          onNext={(typed) => {
            setOperator(typed)
            next()
          }}
        />
      )}
      {at === 1 && (
        <CommunityStep
          problem={shown}
          community={community}
          onBack={back}
          onNext={(typed) => {
            setCommunity(typed)
            next()
          }}
        />
      )}
      {at === 2 && (
        <PlaybookStep
          problem={shown}
          playbooks={playbooks}
          chosen={playbook}
          busy={finish.isPending}
          onBack={back}
          onFinish={submit}
        />
      )}
    </AuthSheet>
  )
}

const tokenKey = 'qunce.setup'

/** The token leaves the address at once (history, screenshots, referrers) and lasts as long as this tab. */
function useToken(): string | null {
  const [token] = useState(() => {
    const params = new URLSearchParams(location.search)
    const given = params.get('token')
    if (given) sessionStorage.setItem(tokenKey, given)
    return given ?? sessionStorage.getItem(tokenKey)
  })
  useEffect(() => {
    const url = new URL(location.href)
    if (!url.searchParams.has('token')) return
    url.searchParams.delete('token')
    history.replaceState(history.state, '', url)
  }, [])
  return token
}
