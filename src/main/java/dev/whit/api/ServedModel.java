package dev.whit.api;

import dev.whit.backend.Backend;
import dev.whit.backend.BackendInfo;
import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.Tokenizer;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model that clients can name. */
public final class ServedModel {
  private final String name;
  private final Backend backend;
  private final Tokenizer tokenizer;
  private final @Nullable ChatTemplate chatTemplate;
  private final Map<String, String> specialTokens;
  private final Set<Integer> stopTokens;
  private final Instant created;
  private final PromptEncoder promptEncoder;
  private final TokenTexts tokenTexts;
  private final ToolSyntax toolSyntax;
  private final AnswerConstraints constraints;

  /**
   * Puts together a model.
   *
   * @param name name in requests
   * @param backend what generates its tokens
   * @param tokenizer its tokenizer
   * @param chatTemplate its chat template, if it has one
   * @param specialTokens template variables {@code bos_token}, {@code eos_token}, {@code
   *     pad_token}, … as texts
   * @param stopTokens ids that end a generation
   * @param created when it was loaded
   */
  public ServedModel(
      String name,
      Backend backend,
      Tokenizer tokenizer,
      @Nullable ChatTemplate chatTemplate,
      Map<String, String> specialTokens,
      Set<Integer> stopTokens,
      Instant created) {
    this.name = name;
    this.backend = backend;
    this.tokenizer = tokenizer;
    this.chatTemplate = chatTemplate;
    this.specialTokens = Map.copyOf(specialTokens);
    this.stopTokens = Set.copyOf(stopTokens);
    this.created = created;
    this.promptEncoder = new PromptEncoder(tokenizer, backend.info());
    this.tokenTexts = new TokenTexts(tokenizer);
    this.toolSyntax = ToolSyntax.of(chatTemplate == null ? null : chatTemplate.source());
    this.constraints =
        new AnswerConstraints(
            tokenizer, tokenTexts, this.stopTokens, backend.info().vocabularySize(), toolSyntax);
  }

  /** Name in requests. */
  public String name() {
    return name;
  }

  /** What generates its tokens. */
  public Backend backend() {
    return backend;
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Its chat template, if it has one. */
  public @Nullable ChatTemplate chatTemplate() {
    return chatTemplate;
  }

  /** Template variables {@code bos_token}, {@code eos_token}, … as texts. */
  public Map<String, String> specialTokens() {
    return specialTokens;
  }

  /** Ids that end a generation. */
  public Set<Integer> stopTokens() {
    return stopTokens;
  }

  /** When it was loaded. */
  public Instant created() {
    return created;
  }

  /** What it is, for clients. */
  public ModelDescription description() {
    BackendInfo info = backend.info();
    return new ModelDescription(
        info.format(),
        info.bitsPerWeight(),
        info.bytes(),
        info.maxContext(),
        info.licence(),
        info.device());
  }

  PromptEncoder promptEncoder() {
    return promptEncoder;
  }

  TokenTexts tokenTexts() {
    return tokenTexts;
  }

  ToolSyntax toolSyntax() {
    return toolSyntax;
  }

  AnswerConstraints constraints() {
    return constraints;
  }
}
