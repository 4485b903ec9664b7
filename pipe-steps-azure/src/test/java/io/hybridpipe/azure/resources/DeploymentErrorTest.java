// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.management.exception.ManagementError;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeploymentErrorTest {
    @Test
    void theMessageOfAnErrorMayBeAnotherErrorAsText() throws IOException {
        assertThat(levels("""
                {"code": "DeploymentFailed", "message": "At least one resource deployment operation failed.",
                 "details": [{"code": "Conflict", "message": "{\\r\\n  \\"status\\": \\"Failed\\",\\r\\n  \\"error\\": {\\r\\n    \\"code\\": \\"ResourceDeploymentFailure\\",\\r\\n    \\"message\\": \\"It ended as 'Failed'.\\",\\r\\n    \\"details\\": [{\\"code\\": \\"SubnetIsFull\\", \\"message\\": \\"No\\\\nroom.\\"}]\\r\\n  }\\r\\n}"}]}"""))
                .containsExactly(
                        "DeploymentFailed: At least one resource deployment operation failed.",
                        "Conflict",
                        "ResourceDeploymentFailure: It ended as 'Failed'.",
                        "SubnetIsFull: No room.");
    }

    @Test
    void anErrorAsTextMayHaveItsFieldsInUpperCaseOrNoErrorAroundIt() throws IOException {
        assertThat(levels("""
                {"code": "BadRequest", "message": "{\\"Error\\": {\\"Code\\": \\"Odd\\", \\"Message\\": \\"so it is\\"}}"}""")).containsExactly("BadRequest", "Odd: so it is");
        assertThat(levels("""
                {"code": "BadRequest", "message": "{\\"code\\": \\"Odd\\", \\"message\\": \\"so it is\\"}"}""")).containsExactly("BadRequest", "Odd: so it is");
        assertThat(levels("""
                {"code": "BadRequest", "message": "{\\"status\\": \\"Failed\\"}"}""")).containsExactly("BadRequest", "Failed");
    }

    @Test
    void aMessageThatOnlyLooksLikeJsonIsShownAsItIs() throws IOException {
        assertThat(levels("""
                {"code": "BadRequest", "message": "{0} is no name"}""")).containsExactly("BadRequest: {0} is no name");
    }

    @Test
    void theWayLeadsToTheErrorThatIsAskedFor() throws IOException {
        DeploymentError whole = error("""
                {"code": "DeploymentFailed", "message": "several", "details": [
                    {"code": "First", "message": "one"},
                    {"code": "Conflict", "message": "{\\"error\\": {\\"code\\": \\"Second\\", \\"message\\": \\"two\\"}}"}]}""");
        DeploymentError second = new DeploymentError("Second", "two", "", List.of());

        assertThat(whole.innermost()).hasToString("First: one");
        assertThat(whole.holds(second)).isTrue();
        assertThat(whole.leadingTo(second).levels())
                .extracting(DeploymentError::toString)
                .containsExactly("DeploymentFailed: several", "Conflict", "Second: two");
        assertThat(whole.leadingTo(second).details()).hasSize(2);
    }

    @Test
    void errorsThatNestForEverEndSomewhere() throws IOException {
        StringBuilder deep = new StringBuilder("{\"code\": \"Last\", \"message\": \"end\"}");
        for (int i = 0; i < 100; i++) {
            deep.insert(0, "{\"code\": \"Level" + i + "\", \"message\": \"m\", \"details\": [")
                    .append("]}");
        }

        assertThat(error(deep.toString()).levels()).hasSizeBetween(10, 30);
    }

    private static List<String> levels(String json) throws IOException {
        return error(json).levels().stream().map(DeploymentError::toString).toList();
    }

    private static DeploymentError error(String json) throws IOException {
        try (JsonReader reader = JsonProviders.createReader(json)) {
            return DeploymentError.of(ManagementError.fromJson(reader));
        }
    }
}
