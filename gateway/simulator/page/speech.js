// Reads Arabic aloud with a voice of this machine. A voice that works over the internet is not used: nothing leaves.

export class Speech {
  constructor(onVoices) {
    this.synthesis = window.speechSynthesis ?? null;
    this.synthesis?.addEventListener?.("voiceschanged", onVoices);
  }

  get voice() {
    const voices = this.synthesis?.getVoices() ?? [];
    return voices.find((voice) => voice.localService && /^(ar|ara|arb)\b/i.test(voice.lang)) ?? null;
  }

  say(text) {
    const voice = this.voice;
    if (!voice) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    this.synthesis.speak(utterance);
  }

  hush() {
    this.synthesis?.cancel();
  }
}
