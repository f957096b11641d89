/** Comfort only; the game works without it: arrow keys move, and numbers that meet each other are marked at once. */
const inputs = [...document.querySelectorAll('td input')];
const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -9, ArrowDown: 9 };

const unitsOf = (cell) => {
  const row = Math.floor(cell / 9);
  const column = cell % 9;
  return [`row ${row}`, `column ${column}`, `box ${Math.floor(row / 3)} ${Math.floor(column / 3)}`];
};

function markConflicts() {
  const holders = new Map();
  for (const [cell, input] of inputs.entries()) {
    if (input.value === '') continue;
    for (const unit of unitsOf(cell)) {
      const key = `${unit}: ${input.value}`;
      holders.set(key, [...(holders.get(key) ?? []), input]);
    }
  }
  const wrong = new Set([...holders.values()].filter((cells) => cells.length > 1).flat());
  for (const input of inputs) {
    if (wrong.has(input) && !input.readOnly) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  }
}

for (const [cell, input] of inputs.entries()) {
  input.addEventListener('focus', () => input.select());
  input.addEventListener('input', () => {
    input.value = input.value.replace(/[^1-9]/g, '');
    input.classList.remove('hint');
    markConflicts();
  });
  input.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const sameRow = Math.floor((cell + step) / 9) === Math.floor(cell / 9);
    if (Math.abs(step) === 9 || sameRow) inputs[cell + step]?.focus();
  });
}
