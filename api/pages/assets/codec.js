const form = document.getElementById('sign-in');
const message = document.getElementById('message');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const token = new FormData(form).get('token');
  const response = await fetch('codec/session', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  form.hidden = response.ok;
  message.className = response.ok ? '' : 'error';
  message.textContent = response.ok
    ? 'Signed in. Continue with the second step.'
    : 'This token is not valid or lacks the role operations:operate.';
});
