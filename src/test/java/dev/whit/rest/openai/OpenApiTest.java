package dev.whit.rest.openai;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.whit.rest.FakeModels;
import dev.whit.rest.VersionResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The description at {@code /openapi} says what is so: no endpoint and no field more or less. */
@QuarkusTest
@TestProfile(FakeModels.Profile.class)
final class OpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the framework serves at paths of the settings. */
  private static final Set<String> OF_THE_FRAMEWORK =
      Set.of(
          "get /health",
          "get /health/live",
          "get /health/ready",
          "get /health/started",
          "get /metrics");

  private static JsonNode description() throws Exception {
    return JSON.readTree(
        given()
            .accept("application/json")
            .get("/openapi")
            .then()
            .statusCode(200)
            .extract()
            .asString());
  }

  private static JsonNode schema(String name) throws Exception {
    JsonNode schema = description().path("components").path("schemas").path(name);
    assertThat(schema.isObject()).as("schema %s", name).isTrue();
    return schema;
  }

  @Test
  void isYamlUnlessJsonIsAskedFor() {
    assertThat(given().get("/openapi").then().statusCode(200).extract().asString())
        .startsWith("---\nopenapi: 3.1");
  }

  @Test
  void describesEveryEndpointAndNoOther() throws Exception {
    Set<String> described = new TreeSet<>();
    for (var path : description().path("paths").properties()) {
      path.getValue()
          .fieldNames()
          .forEachRemaining(method -> described.add(method + " " + path.getKey()));
    }
    Set<String> served = new TreeSet<>(OF_THE_FRAMEWORK);
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests())
            .importPackages("dev.whit")) {
      if (type.isAnnotatedWith(Path.class)) {
        endpoints(type.reflect()).forEach(served::add);
      }
    }
    assertThat(described).isEqualTo(served);
    for (String endpoint : OF_THE_FRAMEWORK) {
      given().get(endpoint.substring("get ".length())).then().statusCode(200);
    }
  }

  private static Stream<String> endpoints(Class<?> resource) {
    String root = resource.getAnnotation(Path.class).value();
    return Stream.of(resource.getDeclaredMethods())
        .filter(method -> !verb(method).isEmpty())
        .map(method -> {
          Path more = method.getAnnotation(Path.class);
          String path = root + "/" + (more == null ? "" : more.value());
          return verb(method)
              + " "
              + path.replaceAll("/+", "/").replaceAll("(?<=.)/$", "").replaceAll(": [^}]*", "");
        });
  }

  private static String verb(Method method) {
    if (method.isAnnotationPresent(GET.class)) {
      return "get";
    }
    if (method.isAnnotationPresent(POST.class)) {
      return "post";
    }
    return method.isAnnotationPresent(DELETE.class) ? "delete" : "";
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        request("CompletionRequest", "{\"prompt\": \"a\"}", CompletionCall::parse),
        request(
            "ChatCompletionRequest",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}",
            ChatCall::parse),
        request("ResponseRequest", "{\"input\": \"a\"}", ResponseCall::parse),
        request("EmbeddingRequest", "{\"input\": \"a\"}", EmbeddingCall::parse),
        request("TokenizeRequest", "{\"prompt\": \"a\"}", TokenizeCall::parse),
        request("DetokenizeRequest", "{\"tokens\": []}", DetokenizeCall::parse),
        request("ModelOrder", "{\"name\": \"a\", \"path\": \"b\"}", ModelOrderCall::parse));
  }

  private static Arguments request(String schema, String least, Consumer<JsonFields> reader) {
    return Arguments.of(schema, least, reader);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestHasTheFieldsThatItsReaderAsksFor(
      String name, String least, Consumer<JsonFields> reader) throws Exception {
    AskedFields body = new AskedFields();
    body.setAll((ObjectNode) JSON.readTree(least));
    reader.accept(new JsonFields(body, ""));
    JsonNode schema = schema(name);
    assertThat(allNames(schema)).isEqualTo(body.asked);
    assertThat(schema.path("required"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrderElementsOf(names(JSON.readTree(least)));
  }

  /** Remembers which of its fields somebody has asked for. */
  @SuppressWarnings("unchecked") // ObjectNode overrides a generic method
  private static final class AskedFields extends ObjectNode {
    private static final long serialVersionUID = 1L;
    private final transient Set<String> asked = new TreeSet<>();

    AskedFields() {
      super(JsonNodeFactory.instance);
    }

    @Override
    public JsonNode get(String name) {
      asked.add(name);
      return super.get(name);
    }
  }

  /** The properties of a schema and of those that it is made of. */
  private static Set<String> allNames(JsonNode schema) throws Exception {
    Set<String> names = names(schema);
    for (JsonNode part : schema.path("allOf")) {
      names.addAll(allNames(schema(part.path("$ref").asText().replaceAll(".*/", ""))));
    }
    return names;
  }

  private static Set<String> names(JsonNode object) {
    JsonNode fields = object.has("properties") ? object.path("properties") : object;
    Set<String> names = new TreeSet<>();
    fields.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static final Map<String, Class<?>> REPLIES =
      Map.ofEntries(
          Map.entry("Completion", CompletionReply.class),
          Map.entry("CompletionChoice", CompletionReply.Choice.class),
          Map.entry("CompletionLogprobs", CompletionLogprobs.class),
          Map.entry("ChatCompletion", ChatReply.class),
          Map.entry("ChatCompletionChunk", ChatReply.class),
          Map.entry("ChatChoice", ChatReply.Answer.class),
          Map.entry("ChatChunkChoice", ChatReply.Delta.class),
          Map.entry("ChatMessage", ChatReply.Message.class),
          Map.entry("ToolCall", ChatReply.Call.class),
          Map.entry("FunctionCall", ChatReply.Function.class),
          Map.entry("ChatLogprobs", ChatLogprobs.class),
          Map.entry("ChatLogprob", ChatLogprobs.Entry.class),
          Map.entry("Usage", UsageReply.class),
          Map.entry("PromptTokensDetails", UsageReply.PromptTokensDetails.class),
          Map.entry("Response", ResponseReply.class),
          Map.entry("IncompleteDetails", ResponseReply.IncompleteDetails.class),
          Map.entry("ResponseItem", ResponseReply.Item.class),
          Map.entry("ResponsePart", ResponseReply.Part.class),
          Map.entry("ResponseUsage", ResponseReply.Tokens.class),
          Map.entry("EmbeddingList", EmbeddingReply.class),
          Map.entry("Embedding", EmbeddingReply.Item.class),
          Map.entry("EmbeddingUsage", EmbeddingReply.Tokens.class),
          Map.entry("ModelList", ModelReply.Page.class),
          Map.entry("Model", ModelReply.class),
          Map.entry("Tokens", TokenizationReply.Tokens.class),
          Map.entry("Text", TokenizationReply.Text.class),
          Map.entry("TokenizerInfo", TokenizationReply.TokenizerInfo.class),
          Map.entry("Version", VersionResource.Version.class),
          Map.entry("AdminModelList", AdminReply.Page.class),
          Map.entry("AdminModel", AdminReply.class),
          Map.entry("Error", ErrorReply.class),
          Map.entry("ErrorDetails", ErrorReply.Details.class));

  @Test
  void repliesHaveTheFieldsOfTheirRecords() throws Exception {
    for (var reply : REPLIES.entrySet()) {
      assertThat(names(schema(reply.getKey()).path("properties")))
          .as(reply.getKey())
          .isEqualTo(fields(reply.getValue()));
    }
  }

  private static Set<String> fields(Class<?> type) {
    var config = JSON.getSerializationConfig();
    return config.introspect(config.constructType(type)).findProperties().stream()
        .map(BeanPropertyDefinition::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyReferenceLeadsSomewhere() throws Exception {
    JsonNode description = description();
    for (JsonNode reference : description.findValues("$ref")) {
      String pointer = reference.asText().substring(1);
      assertThat(description.at(pointer).isMissingNode()).as(pointer).isFalse();
    }
  }
}
