package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.RequestOptions;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's own client for Java, which checks each reply against its own model of the API. */
class OpenAiSdkIT {
  private static final String MODEL = "demo";
  private static final String KEY = "a-key-of-the-test";

  private static ServerProcess server;
  private static OpenAIClient client;

  /** What the model has to fill in. */
  static final class Hero {
    public String name = "";
    public int age;
  }

  @BeforeAll
  static void start() {
    server =
        ServerProcess.serve(
            Map.of("WHIT_API_KEYS", KEY, "WHIT_ACCESS_PUBLIC_METRICS", "true"),
            "--model",
            MODEL + "=" + ServerProcess.DEMO.resolve("littlebit"));
    client = client(server.url(), KEY, 0);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static OpenAIClient client(String url, String key, int retries) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(url + "/v1")
        .apiKey(key)
        .maxRetries(retries)
        .responseValidation(true)
        .build();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model(MODEL)
        .addSystemMessage("You write novels.")
        .addUserMessage("The old house stood")
        .putAdditionalBodyProperty("seed", JsonValue.from(7))
        .maxCompletionTokens(12);
  }

  @Test
  void chats() {
    ChatCompletion reply = client.chat().completions().create(chat().n(2).build());
    assertThat(reply.model()).isEqualTo(MODEL);
    assertThat(reply.choices()).hasSize(2);
    assertThat(reply.choices().getFirst().message().content().orElseThrow()).isNotBlank();
    assertThat(reply.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
    assertThat(reply.usage().orElseThrow().completionTokens()).isEqualTo(24);
  }

  @Test
  void streamsAChatAsItAnswersItWhole() {
    ChatCompletion whole = client.chat().completions().create(chat().build());
    ChatCompletionAccumulator streamed = ChatCompletionAccumulator.create();
    ChatCompletionCreateParams params =
        chat()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      chunks.stream().forEach(streamed::accumulate);
    }
    ChatCompletion accumulated = streamed.chatCompletion();
    assertThat(accumulated.choices().getFirst().message().content())
        .isEqualTo(whole.choices().getFirst().message().content());
    assertThat(accumulated.choices().getFirst().finishReason())
        .isEqualTo(whole.choices().getFirst().finishReason());
    assertThat(accumulated.usage().orElseThrow().completionTokens()).isEqualTo(12);
  }

  @Test
  void tellsLogProbabilities() {
    ChatCompletion reply =
        client.chat().completions().create(chat().logprobs(true).topLogprobs(3).build());
    var tokens = reply.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertThat(tokens).hasSize(12);
    assertThat(tokens).allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(3));
  }

  @Test
  void completes() {
    Completion reply =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(MODEL)
                    .promptOfArrayOfStrings(List.of("The old house", "She said"))
                    .maxTokens(5)
                    .temperature(0)
                    .logprobs(2)
                    .build());
    assertThat(reply.choices()).hasSize(2);
    assertThat(reply.choices().get(1).logprobs().orElseThrow().tokens().orElseThrow()).hasSize(5);
    Completion echo =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(MODEL)
                    .prompt("She said")
                    .maxTokens(5)
                    .temperature(0)
                    .echo(true)
                    .build());
    assertThat(echo.choices().getFirst().text())
        .isEqualTo("She said" + reply.choices().get(1).text());
  }

  @Test
  void streamsACompletion() {
    CompletionCreateParams params =
        CompletionCreateParams.builder()
            .model(MODEL)
            .prompt("The old house")
            .maxTokens(8)
            .seed(3)
            .build();
    StringBuilder text = new StringBuilder();
    // Its model of a chunk knows no null for finish_reason, which OpenAI's server sends too.
    RequestOptions unchecked = RequestOptions.builder().responseValidation(false).build();
    try (StreamResponse<Completion> chunks =
        client.completions().createStreaming(params, unchecked)) {
      chunks.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .forEach(choice -> text.append(choice.text()));
    }
    assertThat(text).hasToString(client.completions().create(params).choices().getFirst().text());
  }

  private static ChatCompletionFunctionTool tool() {
    FunctionParameters parameters =
        FunctionParameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties",
                JsonValue.from(Map.of("city", Map.of("enum", List.of("Oslo", "Rome")))))
            .putAdditionalProperty("required", JsonValue.from(List.of("city")))
            .build();
    return ChatCompletionFunctionTool.builder()
        .function(FunctionDefinition.builder().name("get_weather").parameters(parameters).build())
        .build();
  }

  private static ChatCompletionCreateParams.Builder callingATool() {
    return chat()
        .maxCompletionTokens(200)
        .addTool(tool())
        .toolChoice(
            ChatCompletionNamedToolChoice.builder()
                .function(
                    ChatCompletionNamedToolChoice.Function.builder().name("get_weather").build())
                .build());
  }

  @Test
  void callsATool() {
    ChatCompletion reply = client.chat().completions().create(callingATool().build());
    ChatCompletion.Choice choice = reply.choices().getFirst();
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    ChatCompletionMessageFunctionToolCall call =
        choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    assertThat(call.function().name()).isEqualTo("get_weather");
    assertThat(call.function().arguments(Map.class).get("city")).isIn("Oslo", "Rome");
    // The answer of the tool goes back as the client would send it.
    ChatCompletion next =
        client
            .chat()
            .completions()
            .create(
                chat()
                    .addTool(tool())
                    .addMessage(choice.message())
                    .addMessage(
                        ChatCompletionToolMessageParam.builder()
                            .toolCallId(call.id())
                            .content("rain")
                            .build())
                    .build());
    assertThat(next.usage().orElseThrow().promptTokens())
        .isGreaterThan(reply.usage().orElseThrow().promptTokens());
  }

  @Test
  void streamsACallOfATool() {
    ChatCompletionAccumulator streamed = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(callingATool().build())) {
      chunks.stream().forEach(streamed::accumulate);
    }
    ChatCompletion.Choice choice = streamed.chatCompletion().choices().getFirst();
    var call = choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    assertThat(call.function().name()).isEqualTo("get_weather");
    assertThat(call.function().arguments(Map.class).get("city")).isIn("Oslo", "Rome");
  }

  @Test
  void fillsInAClass() {
    var reply =
        client
            .chat()
            .completions()
            .create(chat().maxCompletionTokens(400).responseFormat(Hero.class).build());
    var choice = reply.choices().getFirst();
    assertThat(choice.rawChoice().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(choice.message().content()).isPresent();
  }

  private static ResponseCreateParams.Builder response() {
    return ResponseCreateParams.builder()
        .model(MODEL)
        .instructions("You write novels.")
        .input("The old house stood")
        .putAdditionalBodyProperty("seed", JsonValue.from(7))
        .maxOutputTokens(12);
  }

  @Test
  void respondsAsAChatDoes() {
    Response reply = client.responses().create(response().build());
    assertThat(reply.status()).contains(ResponseStatus.INCOMPLETE);
    assertThat(reply.usage().orElseThrow().outputTokens()).isEqualTo(12);
    assertThat(text(reply))
        .isEqualTo(
            client
                .chat()
                .completions()
                .create(chat().build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow());
  }

  private static String text(Response response) {
    return response.output().getFirst().asMessage().content().getFirst().asOutputText().text();
  }

  @Test
  void streamsAResponse() {
    ResponseAccumulator streamed = ResponseAccumulator.create();
    StringBuilder deltas = new StringBuilder();
    try (StreamResponse<ResponseStreamEvent> events =
        client.responses().createStreaming(response().build())) {
      events.stream()
          .peek(streamed::accumulate)
          .flatMap(event -> event.outputTextDelta().stream())
          .forEach(delta -> deltas.append(delta.delta()));
    }
    assertThat(text(streamed.response())).isEqualTo(deltas.toString()).isNotBlank();
    assertThat(deltas).hasToString(text(client.responses().create(response().build())));
  }

  private static EmbeddingCreateParams.Builder embedding() {
    return EmbeddingCreateParams.builder().model(MODEL);
  }

  private static List<Float> vector(CreateEmbeddingResponse reply, int index) {
    return reply.data().get(index).embedding();
  }

  /** Without a format of its own the client asks for base64. */
  @Test
  void embeds() {
    CreateEmbeddingResponse reply =
        client
            .embeddings()
            .create(embedding().inputOfArrayOfStrings(List.of("a house", "a ship")).build());
    assertThat(reply.data()).hasSize(2);
    assertThat(reply.usage().promptTokens()).isPositive();
    double squares = vector(reply, 1).stream().mapToDouble(v -> v * v).sum();
    assertThat(squares).isCloseTo(1, within(1e-5));
    CreateEmbeddingResponse numbers =
        client
            .embeddings()
            .create(
                embedding()
                    .input("a ship")
                    .encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                    .build());
    assertThat(vector(numbers, 0)).isEqualTo(vector(reply, 1));
    assertThat(vector(client.embeddings().create(embedding().input("x").dimensions(7).build()), 0))
        .hasSize(7);
  }

  @Test
  void embeddingsAreCounted() {
    double prompts = server.metric("vllm:prompt_tokens_total");
    CreateEmbeddingResponse reply =
        client.embeddings().create(embedding().inputOfArrayOfTokens(List.of(5L, 6L, 7L)).build());
    assertThat(reply.usage().promptTokens()).isEqualTo(3);
    assertThat(server.metric("vllm:prompt_tokens_total")).isEqualTo(prompts + 3);
  }

  @Test
  void listsModels() {
    List<Model> models = client.models().list().data();
    assertThat(models).extracting(Model::id).containsExactly(MODEL);
    assertThat(client.models().retrieve(MODEL).ownedBy()).isEqualTo("whit");
  }

  @Test
  void aWrongFieldIsABadRequest() {
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> client.chat().completions().create(chat().temperature(-1).build()))
        .satisfies(e -> {
          assertThat(e.param()).contains("temperature");
          assertThat(e.type()).contains("invalid_request_error");
          assertThat(e.getMessage()).contains("-1");
        });
  }

  @Test
  void anUnknownModelIsNotFound() {
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> client.chat().completions().create(chat().model("nobody").build()))
        .satisfies(e -> assertThat(e.code()).contains("model_not_found"));
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> client.models().retrieve("nobody"));
  }

  @Test
  void aWrongKeyIsUnauthorized() {
    OpenAIClient stranger = client(server.url(), "another-key", 0);
    assertThatExceptionOfType(UnauthorizedException.class)
        .isThrownBy(() -> stranger.models().list())
        .satisfies(e -> assertThat(e.code()).contains("invalid_api_key"));
    stranger.close();
  }

  /** As the server refuses, with its own bodies. */
  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void triesAgainWhatWasRefused(int status) throws Exception {
    try (RefusingProxy proxy = new RefusingProxy(server.address(), status, 2)) {
      OpenAIClient patient = client(proxy.url(), KEY, 2);
      assertThat(patient.chat().completions().create(chat().build()).choices()).hasSize(1);
      assertThat(proxy.requests()).isEqualTo(3);
      patient.close();
    }
    try (RefusingProxy proxy = new RefusingProxy(server.address(), status, 1)) {
      OpenAIClient impatient = client(proxy.url(), KEY, 0);
      assertThatExceptionOfType(
              status == 429 ? RateLimitException.class : InternalServerException.class)
          .isThrownBy(() -> impatient.chat().completions().create(chat().build()));
      impatient.close();
    }
  }
}
