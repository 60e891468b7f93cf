import subprocess
import sys


def test_a_program_whose_readers_are_gone_goes_on_and_ends_well() -> None:
    code = (
        "from topowave.cli.output import say, complain\n"
        "for _ in range(9): say('x' * 9999); complain('y' * 9999)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    assert process.wait(60) == 0
