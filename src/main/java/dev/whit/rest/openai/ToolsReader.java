package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.api.ApiException;
import dev.whit.api.Tool;
import dev.whit.api.ToolChoice;
import dev.whit.api.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code tools} and {@code tool_choice}, and the calls of earlier messages. */
final class ToolsReader {
  private static final int MAX_TOOLS = 128;
  private static final int MAX_CALLS = 128;
  private static final String NAME = "[a-zA-Z0-9_.-]{1,64}";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a function without parameters takes. */
  private static final JsonNode NOTHING = nothing();

  private ToolsReader() {}

  private static ObjectNode nothing() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    schema.putObject("properties");
    return schema.put("additionalProperties", false);
  }

  /** The tools of a request, and whether they are to be called. */
  static ToolUse read(JsonFields request) {
    List<Tool> tools = tools(request.value("tools"));
    ToolChoice choice = choice(request.value("tool_choice"), tools);
    boolean parallel = request.flag("parallel_tool_calls", true);
    return new ToolUse(tools, choice, parallel);
  }

  private static List<Tool> tools(@Nullable JsonNode value) {
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt("tools", "must be an array of tools", value);
    }
    OptionsReader.checkSize(value, "tools", MAX_TOOLS);
    List<Tool> tools = new ArrayList<>();
    for (JsonNode element : value) {
      Tool tool = tool(element, "tools[" + tools.size() + "]");
      if (tools.stream().anyMatch(other -> other.name().equals(tool.name()))) {
        throw new ApiException.InvalidRequest("tools", "tools has two named " + tool.name());
      }
      tools.add(tool);
    }
    return tools;
  }

  private static Tool tool(JsonNode element, String path) {
    JsonFields tool = JsonFields.object(element, path);
    requireFunction(tool);
    JsonFields function = tool.object("function");
    if (function == null) {
      throw new ApiException.InvalidRequest(
          tool.path("function"), tool.path("function") + " is required");
    }
    String name = function.text("name");
    if (name == null || !name.matches(NAME)) {
      throw new ApiException.InvalidRequest(
          function.path("name"),
          function.path("name") + " must be 1 to 64 letters, digits, underscores, dots or hyphens");
    }
    String _ = function.text("description");
    boolean _ = function.flag("strict", false); // it is enforced where calls are demanded
    JsonFields _ = function.object("parameters");
    JsonNode parameters = function.value("parameters");
    return new Tool(
        name, parameters == null ? NOTHING : parameters, function.path("parameters"), map(element));
  }

  private static void requireFunction(JsonFields fields) {
    String type = fields.text("type");
    if (!"function".equals(type)) {
      throw new ApiException.InvalidRequest(
          fields.path("type"), fields.path("type") + " must be function");
    }
  }

  private static ToolChoice choice(@Nullable JsonNode value, List<Tool> tools) {
    if (value == null) {
      return tools.isEmpty() ? new ToolChoice.None() : new ToolChoice.Auto();
    }
    if (value.isTextual()) {
      return switch (value.textValue()) {
        case "none" -> new ToolChoice.None();
        case "auto" -> new ToolChoice.Auto();
        case "required" -> {
          requireTools(tools);
          yield new ToolChoice.Required();
        }
        default -> throw invalidChoice(value);
      };
    }
    if (!value.isObject()) {
      throw invalidChoice(value);
    }
    JsonFields choice = JsonFields.object(value, "tool_choice");
    requireFunction(choice);
    requireTools(tools);
    JsonFields function = choice.object("function");
    String name = function == null ? null : function.text("name");
    if (name == null || tools.stream().noneMatch(tool -> tool.name().equals(name))) {
      throw new ApiException.InvalidRequest(
          "tool_choice.function.name",
          "tool_choice.function.name must be the name of one of tools");
    }
    return new ToolChoice.Named(name);
  }

  private static ApiException invalidChoice(JsonNode value) {
    return JsonFields.invalidAt(
        "tool_choice", "must be none, auto, required or a function's name", value);
  }

  private static void requireTools(List<Tool> tools) {
    if (tools.isEmpty()) {
      throw new ApiException.InvalidRequest(
          "tool_choice", "tool_choice asks for a call, but tools is empty");
    }
  }

  /** The calls of an assistant's message; their arguments as values, as templates expect them. */
  static List<Map<String, Object>> calls(@Nullable JsonNode value, String path) {
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt(path, "must be an array of calls", value);
    }
    OptionsReader.checkSize(value, path, MAX_CALLS);
    List<Map<String, Object>> calls = new ArrayList<>();
    for (JsonNode element : value) {
      calls.add(call(element, path + "[" + calls.size() + "]"));
    }
    return calls;
  }

  private static Map<String, Object> call(JsonNode element, String path) {
    JsonFields call = JsonFields.object(element, path);
    requireFunction(call);
    String _ = call.text("id");
    JsonFields function = call.object("function");
    if (function == null || function.text("name") == null) {
      throw new ApiException.InvalidRequest(
          call.path("function.name"), call.path("function.name") + " is required");
    }
    String arguments = function.text("arguments");
    ObjectNode copy = element.deepCopy();
    copy.withObject("/function").set("arguments", arguments(arguments, function));
    return map(copy);
  }

  private static JsonNode arguments(@Nullable String text, JsonFields function) {
    try {
      return JsonFields.parseObject(text == null || text.isBlank() ? "{}" : text);
    } catch (ApiException.InvalidRequest e) {
      throw new ApiException.InvalidRequest(
          function.path("arguments"),
          function.path("arguments") + " must be the text of a JSON object");
    }
  }

  private static Map<String, Object> map(JsonNode object) {
    return JSON.convertValue(
        object, JSON.getTypeFactory().constructMapType(Map.class, String.class, Object.class));
  }
}
