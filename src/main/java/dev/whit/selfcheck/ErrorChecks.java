package dev.whit.selfcheck;

import static dev.whit.selfcheck.ContractViolation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** What clients need to be told of what is wrong. */
final class ErrorChecks {
  static final List<Check> ALL =
      List.of(
          new Check("a bad value is a 400 that names the field", ErrorChecks::namesTheField),
          new Check("a body that is not JSON is a 400", ErrorChecks::refusesWhatIsNotJson),
          new Check("an unknown model is a 404", ErrorChecks::doesNotKnowTheModel),
          new Check("x-request-id is echoed", ErrorChecks::echoesTheRequestId));

  private ErrorChecks() {}

  private static void namesTheField(CheckedModel model) throws IOException, InterruptedException {
    JsonNode error =
        error(
            model.server().post("v1/completions", model.greedy("a", 1).put("temperature", -1)),
            400);
    unless(
        error.path("param").asText().equals("temperature"),
        "error.param is %s, temperature was due",
        CheckedModel.kind(error.path("param")));
  }

  private static void refusesWhatIsNotJson(CheckedModel model)
      throws IOException, InterruptedException {
    error(model.server().post("v1/completions", "{\"model\":"), 400);
  }

  private static void doesNotKnowTheModel(CheckedModel model)
      throws IOException, InterruptedException {
    JsonNode error =
        error(
            model
                .server()
                .post("v1/completions", model.greedy("a", 1).put("model", "no-such-model")),
            404);
    unless(
        error.path("code").asText().equals("model_not_found"),
        "error.code is %s, model_not_found was due",
        CheckedModel.kind(error.path("code")));
  }

  private static void echoesTheRequestId(CheckedModel model)
      throws IOException, InterruptedException {
    String id = "selfcheck-1";
    String echoed =
        model
            .server()
            .post("v1/completions", model.greedy("a", 1).toString(), "x-request-id", id)
            .headers()
            .firstValue("x-request-id")
            .orElse("missing");
    unless(echoed.equals(id), "x-request-id is %s, %s was sent", echoed, id);
  }

  /** The error of a reply, in OpenAI's form. */
  private static JsonNode error(ServerClient.Reply reply, int status) {
    unless(reply.status() == status, "the status is %d, %d was due", reply.status(), status);
    JsonNode error = reply.json().path("error");
    unless(
        error.path("message").isTextual() && error.path("type").isTextual(),
        "error is %s, an object with message and type was due",
        CheckedModel.kind(error));
    return error;
  }
}
