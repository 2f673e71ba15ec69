package dev.whit.rest;

/** What a model is asked to do, under OpenTelemetry's names ({@code gen_ai.operation.name}). */
enum Operation {
  CHAT("chat"),
  TEXT_COMPLETION("text_completion"),
  EMBEDDINGS("embeddings");

  private final String title;

  Operation(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
