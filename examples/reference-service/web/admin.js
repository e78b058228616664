// What a person at the board may do. /admin answers on the machine itself; from elsewhere it asks for the token.
import { h, setText } from '/board/dom.js'

let token

/** Asks /admin. Resolves with the answer's JSON; rejects with a message for people. */
export async function admin(method, path, body) {
  const response = await send(method, path, body)
  const answer = response.status === 403 && (await askToken()) ? await send(method, path, body) : response
  const json = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error(json.message ?? `the service answered ${answer.status}`)
  return json
}

function send(method, path, body) {
  return fetch(`/admin/${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

/** Asks for the token. It is kept until the page is closed, and nowhere else. */
function askToken() {
  const input = h('input', { type: 'password', autocomplete: 'off', required: true, id: 'admin-token' })
  const cancel = h('button', { class: 'button', type: 'button', text: 'Cancel' })
  const form = h('form', { method: 'dialog' }, h('h3', { id: 'admin-title', text: 'This needs the admin token' }), h('label', { for: 'admin-token', text: 'The value of ADMIN_TOKEN of the service' }), input, h('div', { class: 'actions' }, h('button', { class: 'button', type: 'submit', text: 'Go on' }), cancel))
  const dialog = h('dialog', { 'aria-labelledby': 'admin-title' }, form)
  document.body.append(dialog)
  cancel.addEventListener('click', () => dialog.close())
  form.addEventListener('submit', () => (token = input.value))
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(token !== undefined && input.value !== '')
    })
  })
}

/** A line that says what became of an action; read out when it changes. */
export function outcome() {
  const element = h('p', { class: 'outcome', role: 'status' })
  return {
    element,
    /** Does it, and says how it went. `done(answer)` gives the words. The button can't be pressed meanwhile. */
    async run(button, work, done) {
      button.disabled = true
      try {
        setText(element, done(await work()))
        return true
      } catch (error) {
        setText(element, `That did not work: ${error.message}`)
        return false
      } finally {
        button.disabled = false
      }
    },
  }
}
