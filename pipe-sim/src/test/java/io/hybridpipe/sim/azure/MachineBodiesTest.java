// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.ArmClient.Answer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which disks a machine may have, and who may log in to it. */
class MachineBodiesTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String IMAGE =
            "'imageReference':{'publisher':'cohesive','offer':'vns3','sku':'vns3-byol','version':'latest'},";
    private static final String PROFILE =
            "'osProfile':{'computerName':'m','adminUsername':'me','adminPassword':'Secret-123','customData':'aGk='},";
    private static final String PATH = "/home/me/.ssh/authorized_keys";

    /** Public halves of keys that were made for this test, as {@code ssh-keygen} writes them. */
    private static final String RSA =
            "AAAAB3NzaC1yc2EAAAADAQABAAABAQDN91etam0VWlkyk2NX5q6aDiUQOUdfsEf0NtOYoaQXFhgxs+vlb8vt1q96p5qbuoEU"
                    + "1w1NEDBH8rHO/tl4U4MsGYU3ZUIjH3s4nUMPTsRPRI4qnzYSyY7hDeWnQHJTxWHavIcpcPgoAEHhIjjXIwqSjWLVYFqVqKGa"
                    + "2U5TrAGEUo36zY9ZWk3R72J4BiEk/fxSGosWY6DnnKq6r6h2krUvftJdiQRsbxt2mzb+UexK9AJKK1KZFeneSIOXQGceHF0v"
                    + "nCPpcsDIbp81qmXzEmuQ4lq9b68Wug7P6/M91o2M/Rw2t14L82fBsEcN9BM4e79LtsDhqNIfO8oY+qgVok/v";

    private static final String WEAK_RSA =
            "AAAAB3NzaC1yc2EAAAADAQABAAAAgQCpDRs/sGkT42YdLMKfpZxtct/pYZTELDdR9JtXyaLCrGxL+nHEocpR2WaKZ7Jdb2ct"
                    + "SyI/5OzEhXvau+zL6QvxUj96Cl/rgbjU8w4eG1+T5HfJbtiyHYPpRmxmQpOPDULx2cpzMn6xHXv038avQFkwooG7Ptzi4AIx"
                    + "03nPbwBuVQ==";
    private static final String ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIKhH1lPBFOE85WrJuDDEYOz9QlEJk+TsDJ4MfdM71Zdt";
    private static final String ECDSA =
            "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHTKOnHGzGNV4BaSpOfArBtk0E3QzKCkImNGEE18Atfp"
                    + "irwBB5r5dUj9/wXdv31gV2u2uGpv9oGH7IDslKI3KRQ=";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).operationTime(OPERATION).start();
    private final ArmClient arm = new ArmClient(azure);
    private final String vm = arm.compute("virtualMachines/m");
    private final String other = arm.compute("virtualMachines/other");
    private final String nic = arm.network("networkInterfaces/n");
    private final String otherNic = arm.network("networkInterfaces/o");

    @BeforeEach
    void buildTheNetwork() {
        put(arm.group("rg"), "{'location':'eastus'}");
        put(
                arm.network("virtualNetworks/v"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':"
                        + "[{'name':'s','properties':{'addressPrefix':'10.2.1.0/24'}}]}}");
        put(nic, ArmClient.nic(arm.network("virtualNetworks/v/subnets/s")));
        put(otherNic, ArmClient.nic(arm.network("virtualNetworks/v/subnets/s")));
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    @Test
    void theDiskThatAMachineBootsFromServesNoOtherUntilThatIsGone() {
        put(vm, ArmClient.machine(nic, ""));
        var disk = arm.get(vm)
                .body()
                .at("/properties/storageProfile/osDisk/managedDisk/id")
                .asText();

        var refused = arm.put(other, attached(otherNic, disk));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("ConflictingUserInput");
        assertThat(refused.message())
                .isEqualTo(
                        "Cannot attach the disk %s to VM %s because it is already attached to VM %s. A disk can be attached"
                                        .formatted(disk.substring(disk.lastIndexOf('/') + 1), other, vm)
                                + " to only one VM at a time.");
        assertThat(refused.body().at("/error/target").asText()).isEqualTo(disk);
        arm.delete(vm);
        assertThat(arm.put(other, attached(otherNic, disk)).code()).isEqualTo("ConflictingUserInput");
        clock.advance(OPERATION);
        put(other, attached(otherNic, disk));
        assertThat(arm.get(disk).body().path("managedBy").asText()).isEqualTo(other);
    }

    @Test
    void aDataDiskServesOneMachineToo() {
        var data = arm.compute("disks/data");
        assertThat(arm.put(
                                data,
                                "{'location':'eastus','properties':{'creationData':{'createOption':'Empty'},'diskSizeGB':8}}")
                        .status())
                .isEqualTo(202);
        clock.advance(OPERATION);
        put(vm, withData(nic, data));
        put(vm, withData(nic, data));

        var refused = arm.put(other, withData(otherNic, data.toUpperCase(Locale.ROOT)));

        assertThat(refused.code()).isEqualTo("ConflictingUserInput");
        assertThat(arm.put(other, attached(otherNic, data)).code()).isEqualTo("ConflictingUserInput");
        assertThat(arm.delete(data).code()).isEqualTo("OperationNotAllowed");
        put(vm, ArmClient.machine(nic, ""));
        put(other, withData(otherNic, data));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'createOption':'FromImage'                                    | imageReference
            'createOption':'fromimage'                                    | imageReference
            'createOption':'FromImage','managedDisk':{'id':'DISKS/left'}  | osDisk.managedDisk.id
            'name':'left','createOption':'Attach'                         | osDisk.managedDisk
            """)
    void aNewMachineSaysWhatItsDiskIsMadeOf(String disk, String target) {
        assertThat(arm.put(
                                arm.compute("disks/left"),
                                "{'location':'eastus','properties':{'creationData':{'createOption':'Empty'},'diskSizeGB':8}}")
                        .status())
                .isEqualTo(202);
        clock.advance(OPERATION);

        var refused = arm.put(
                vm,
                ArmClient.machine(nic, "")
                        .replace(IMAGE, "")
                        .replace(PROFILE, "")
                        .replace("'createOption':'FromImage'", disk.replace("DISKS", arm.compute("disks"))));

        assertInvalid(refused, target);
        assertThat(arm.get(vm).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssh-rsa " + RSA,
                "ssh-ed25519 " + ED25519,
                "ssh-ed25519 " + ED25519 + " somebody at home",
                "  ssh-ed25519 " + ED25519 + "\\n"
            })
    void aMachineTakesKeysOfTheSupportedKinds(String key) {
        put(vm, withKey(PATH, key));

        assertThat(arm.get(vm)
                        .body()
                        .at("/properties/osProfile/linuxConfiguration/ssh/publicKeys/0/keyData")
                        .asText())
                .startsWith(key.substring(0, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ssh-rsa",
                "ssh-ed25519 not-base64",
                "ssh-ed25519 AAAA",
                "ssh-rsa " + ED25519,
                ED25519,
                "ssh-rsa " + WEAK_RSA,
                "ecdsa-sha2-nistp256 " + ECDSA,
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic",
                "-----BEGIN PUBLIC KEY-----"
            })
    void aKeyThatIsNoneOrTooShortIsRefused(String key) {
        var refused = arm.put(vm, withKey(PATH, key));

        assertInvalid(refused, "linuxConfiguration.ssh.publicKeys.keyData");
        assertThat(refused.message())
                .isEqualTo("The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.");
    }

    @Test
    void aKeyWithSomethingBehindItOrOfAnImpossibleLengthIsRefused() {
        var key = Base64.getDecoder().decode(ED25519);
        var longer = ByteBuffer.allocate(key.length + 1).put(key).array();
        var boundless = ByteBuffer.allocate(19)
                .putInt(11)
                .put("ssh-ed25519".getBytes(StandardCharsets.US_ASCII))
                .putInt(-1)
                .array();

        for (var bytes : new byte[][] {longer, boundless}) {
            var encoded = Base64.getEncoder().encodeToString(bytes);
            assertInvalid(
                    arm.put(vm, withKey(PATH, "ssh-ed25519 " + encoded)), "linuxConfiguration.ssh.publicKeys.keyData");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/home/you/.ssh/authorized_keys, Destination path for SSH public keys is currently limited to its default value /home/me/",
        "/root/.ssh/authorized_keys, Destination path for SSH public keys is currently limited to its default value /home/me/",
        ".ssh/authorized_keys, The value of parameter linuxConfiguration.ssh.publicKeys.path is invalid.",
        "'', The value of parameter linuxConfiguration.ssh.publicKeys.path is invalid."
    })
    void aKeyGoesWhereTheUserOfTheMachineKeepsKeysAndNowhereElse(String path, String message) {
        var refused = arm.put(vm, withKey(path, "ssh-ed25519 " + ED25519));

        assertInvalid(refused, "linuxConfiguration.ssh.publicKeys.path");
        assertThat(refused.message()).startsWith(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'linuxConfiguration':{'disablePasswordAuthentication':true},'adminPassword':'Secret-123'",
                "'linuxConfiguration':{'ssh':{'publicKeys':[]}}",
                "'linuxConfiguration':{}"
            })
    void aMachineThatNobodyCouldLogInToIsRefused(String login) {
        var refused = arm.put(vm, ArmClient.machine(nic, "").replace("'adminPassword':'Secret-123'", login));

        assertInvalid(refused, "linuxConfiguration");
        assertThat(refused.message())
                .isEqualTo(
                        "Authentication using either SSH or by user name and password must be enabled in Linux profile.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "admin", "Administrator", "user1", "support_388945a0"})
    void aUserThatTheServiceKeepsForItselfIsRefused(String user) {
        var refused = arm.put(vm, ArmClient.machine(nic, "").replace("'me'", "'" + user + "'"));

        assertInvalid(refused, "adminUsername");
        assertThat(refused.message()).isEqualTo("The Admin Username specified is not allowed.");
    }

    @Test
    void aUserHasUpTo64Characters() {
        assertInvalid(
                arm.put(vm, ArmClient.machine(nic, "").replace("'me'", "'" + "u".repeat(65) + "'")), "adminUsername");
        put(vm, ArmClient.machine(nic, "").replace("'me'", "'" + "u".repeat(64) + "'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Ab-12", "abcdefgh", "abcdef12", "ABCDEF12"})
    void aPasswordThatIsTooShortOrOfFewKindsIsRefused(String password) {
        assertWeak(password);
    }

    @Test
    void aPasswordHas6To72CharactersOfThreeKinds() {
        assertWeak("Ab1" + "x".repeat(70));
        assertWeak("Secret-123\\u0007");
        put(vm, withPassword("Ab1" + "x".repeat(69)));
        put(other, withPassword("ab-123").replace(nic, otherNic));
    }

    @ParameterizedTest
    @ValueSource(strings = {"P@ssw0rd", "Password1", "abc@123"})
    void aPasswordThatEverybodyTriesIsRefused(String password) {
        var refused = arm.put(vm, withPassword(password));

        assertInvalid(refused, "adminPassword");
        assertThat(refused.message()).isEqualTo("The Admin password specified is not allowed.");
    }

    private void assertWeak(String password) {
        var refused = arm.put(vm, withPassword(password));

        assertInvalid(refused, "adminPassword");
        assertThat(refused.message())
                .startsWith(
                        "The supplied password must be between 6-72 characters long and must satisfy at least 3 of");
    }

    private String withPassword(String password) {
        return ArmClient.machine(nic, "").replace("Secret-123", password);
    }

    private String withKey(String path, String key) {
        return ArmClient.machine(nic, "")
                .replace(
                        "'adminPassword':'Secret-123'",
                        "'linuxConfiguration':{'disablePasswordAuthentication':true,'ssh':{'publicKeys':[{'path':'"
                                + path + "','keyData':'" + key + "'}]}}");
    }

    private static String attached(String nic, String disk) {
        return ArmClient.machine(nic, "")
                .replace(IMAGE, "")
                .replace(PROFILE, "")
                .replace("'createOption':'FromImage'", "'createOption':'Attach','managedDisk':{'id':'" + disk + "'}");
    }

    private static String withData(String nic, String disk) {
        return ArmClient.machine(nic, "")
                .replace(
                        IMAGE,
                        IMAGE + "'dataDisks':[{'lun':0,'createOption':'Attach','managedDisk':{'id':'" + disk + "'}}],");
    }

    private static void assertInvalid(Answer refused, String target) {
        assertThat(refused.status()).as(refused.response().body()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("InvalidParameter");
        assertThat(refused.body().at("/error/target").asText()).isEqualTo(target);
    }

    private void put(String path, String body) {
        var answer = arm.put(path, body);
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201);
        clock.advance(OPERATION);
    }
}
