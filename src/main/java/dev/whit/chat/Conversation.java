package dev.whit.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What has been said, and how the model is asked. */
public final class Conversation {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String model;
  private final Map<String, JsonNode> fields = new LinkedHashMap<>();
  private final ArrayNode messages = JSON.createArrayNode();
  private String system = "";

  /**
   * One that begins.
   *
   * @param fields of each request, beside the messages
   */
  public Conversation(String model, Map<String, JsonNode> fields) {
    this.model = model;
    this.fields.putAll(fields);
  }

  String model() {
    return model;
  }

  /** Sets what the model is told first, empty for nothing. */
  public void system(String text) {
    system = text;
  }

  /** Sets a field of the requests to come. */
  void field(String name, JsonNode value) {
    fields.put(name, value);
  }

  /** Leaves a field to the server's default again. */
  void withoutField(String name) {
    fields.remove(name);
  }

  Map<String, JsonNode> fields() {
    return Map.copyOf(fields);
  }

  /** Forgets what has been said; the system message stays. */
  void reset() {
    messages.removeAll();
  }

  /** A message was answered. */
  void add(String message, String answer) {
    messages.add(message("user", message)).add(message("assistant", answer));
  }

  /** The request for an answer to a message. */
  ObjectNode request(String message) {
    ObjectNode request = history();
    request.withArray("messages").add(message("user", message));
    request.put("stream", true);
    request.putObject("stream_options").put("include_usage", true);
    return request;
  }

  /** All of it, as the body of a request. */
  ObjectNode history() {
    ObjectNode request = JSON.createObjectNode().put("model", model);
    request.setAll(fields);
    ArrayNode all = request.putArray("messages");
    if (!system.isEmpty()) {
      all.add(message("system", system));
    }
    all.addAll(messages);
    return request;
  }

  private static ObjectNode message(String role, String content) {
    return JSON.createObjectNode().put("role", role).put("content", content);
  }
}
