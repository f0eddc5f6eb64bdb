import { useState } from 'preact/hooks'
import { client } from '../app/api.ts'
import { logIn, loginNeeded, logOut, token } from '../app/session.ts'
import { StudioClientError } from '../../client.ts'
import { Button } from '../parts/button.tsx'
import { texts } from '../texts.ts'

/** Asks for the token. The address stays, so that the page comes back after the login. */
export function Login() {
  const [problem, setProblem] = useState(token.value === null ? '' : texts.login.wrong)
  const [isBusy, setBusy] = useState(false)
  const submit = async (given: string) => {
    if (given === '') return setProblem(texts.login.empty)
    setBusy(true)
    try {
      await tryToken(given)
    } catch (error) {
      logOut()
      const isRefused = error instanceof StudioClientError && error.status === 401
      setProblem(isRefused || !(error instanceof Error) ? texts.login.wrong : error.message)
    }
    setBusy(false)
  }
  return (
    <main class="alone">
      <form
        class="login"
        onSubmit={(event) => {
          event.preventDefault()
          const field = event.currentTarget.elements.namedItem('token')
          if (field instanceof HTMLInputElement) void submit(field.value.trim())
        }}
      >
        <h1>{texts.login.title}</h1>
        <p class="quiet">{texts.login.hint}</p>
        <label>
          {texts.login.label}
          <input
            name="token"
            type="password"
            autocomplete="current-password"
            aria-invalid={problem !== ''}
            aria-describedby="login-problem"
            ref={(field) => field?.focus()}
          />
        </label>
        <p id="login-problem" class="problem" role="alert">
          {problem}
        </p>
        <Button kind="main" submit busy={isBusy}>
          {texts.login.submit}
        </Button>
      </form>
    </main>
  )
}

/** Keeps the token if the studio accepts it. */
async function tryToken(given: string): Promise<void> {
  token.value = given
  await client.get('/config')
  loginNeeded.value = false
  logIn(given)
}
