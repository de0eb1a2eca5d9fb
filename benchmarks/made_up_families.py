"""
Families for the linkage exam, as several agencies would write them down, with the truth beside them.

Made apart from whatever linkage was tuned on: other names, other shares, other slips. It reads nothing of
`kinfold.linkage`. 3 in 100 births after the first are twins (15 in 100 of them named alike), 1 child in 100 carries
the name of the parent of its sex, one family in four has moved, and every agency errs in its own way.
"""

from __future__ import annotations

import datetime
import random
import string
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

DAY = datetime.timedelta(days=1)

# Four groups whose names are made differently; every name stands with how people also write it.
FORENAMES: dict[str, dict[str, str]] = {
    "white_british": {
        "F": "Sophie Emma Jessica Lauren Rebecca/Becky/Bex Charlotte/Charlie/Lottie Hannah Amy Chloe Bethany/Beth Megan/Meg "
        "Katie/Katy/Kate Danielle/Dani Georgia Abigail/Abi Molly Paige Holly Jade Eleanor/Ellie/Nell Elizabeth/Liz/Libby "
        "Natalie Leah Alexandra/Alex Zoe Samantha/Sam Lily/Lilly Evelyn/Evie Isabella/Bella Rosie/Rose Tegan Keira/Kiera",
        "M": "Jack Thomas/Tom James/Jim/Jamie Daniel/Dan/Danny Joshua/Josh Matthew/Matt Luke Samuel/Sam Joseph/Joe Ryan Adam "
        "Benjamin/Ben Alexander/Alex Liam Jordan Callum/Calum Connor/Conor Kieran/Ciaran Nathan Lewis/Louis Jake Aaron "
        "Bradley/Brad Michael/Mike Robert/Rob/Bob Edward/Ed/Ted Oliver/Ollie William/Will/Bill Harrison/Harry Reece/Rhys Kyle",
    },
    "south_asian": {
        "F": "Aaliyah/Aliyah Zahra/Zara Ruqayyah/Rukaya Mehwish Samina/Sameena Nadia Rabia/Rabiya Iqra Sana/Sanaa Hira Anam "
        "Noreen/Naureen Shazia/Shaziya Farzana Rukhsana/Ruksana Priya Ananya Kavita/Kavitha Sunita Deepa/Dipa Jaspreet "
        "Simran Harleen Manpreet Tahira/Tahirah Bushra Sidra Mahnoor/Mahnur Alisha/Aleesha Inaya/Inaaya",
        "M": "Mohammed/Muhammad/Mohammad/Mohamed Abdul/Abdool Imran/Emran Tariq/Tarik/Tareq Rashid/Rasheed Shahid/Shaheed "
        "Waqas/Wakas Faisal/Faysal Junaid/Junayd Adnan Kashif Nadeem/Nadim Sajid/Sajjid Zubair/Zubayr Arjun Rohan Vikram "
        "Gurpreet Harjit Amar Rizwan/Ridwan Saif/Sayf Haris/Harris Umair/Omair Danyal/Daniyal Ayaan/Ayan Zain/Zayn/Zane",
    },
    "black_african": {
        "F": "Adaeze Chidinma Ngozi Folake Temitope/Temi Oluwaseun/Seun Amara/Amarachi Yetunde Abena Akosua Efua Afia "
        "Grace Blessing Precious Mercy Esther Hodan Ifrah Hibo/Hibaq Fadumo/Faduma Nimo/Nimco Ayan Sahra/Zahra Tendai",
        "M": "Chukwuemeka/Emeka Oluwadamilola/Dami Babatunde/Tunde Kwame Kofi Kwabena Yaw Emmanuel/Manny Samuel/Sam David "
        "Gideon Tobi/Oluwatobi Ifeanyi Obinna Abdi/Abdirahman Liban Guled Mustafa/Mustapha Farah Tinashe Tafadzwa Kwaku",
    },
    "east_european": {
        "F": "Aleksandra/Alexandra/Ola Katarzyna/Kasia Agnieszka/Aga Magdalena/Magda Natalia/Natalie Zuzanna/Zuzia Wiktoria/Viktoria "
        "Oliwia/Olivia Julia/Yulia Andreea/Andrea Ioana/Joana Gabriela Mihaela/Michaela Denisa Kristina/Cristina Lina",
        "M": "Krzysztof/Chris Piotr/Peter Tomasz/Tomek Szymon/Simon Mateusz/Mateus Bartosz/Bartek Kacper/Casper Wojciech/Wojtek "
        "Aleksander/Alexander Michal/Michael Stefan/Stephan Ionut/Ion Cristian/Christian Mihai/Michael Lukas/Lucas Marek/Mark",
    },
}
SURNAMES: dict[str, str] = {
    "white_british": "Smith Jones Taylor Brown Williams Davies Evans Wilson Thomas Roberts Johnson Lewis Walker Robinson Wood Harris "
    "Martin Cooper King Lee Baker Clarke/Clark Allen/Allan Phillips/Philips Stephens/Stevens Read/Reed/Reid Gray/Grey "
    "Thompson/Thomson Davis/Davies Harvey Mason Palmer Dixon/Dickson Webb/Web Fletcher Bradshaw Holt Rigby Fielding Yates",
    "south_asian": "Khan Hussain/Hussein/Husain Ahmed/Ahmad Ali Begum/Begam Akhtar/Akhter Mahmood/Mahmoud Malik Iqbal Shah Bibi Mirza "
    "Chaudhry/Choudhury/Chowdhury Sheikh/Shaikh Qureshi/Quraishi Patel Singh Kaur Sharma Gill Rahman/Rehman Miah/Mia Uddin",
    "black_african": "Okonkwo Adebayo Mensah Boateng Owusu Osei Asante Okafor Eze Ogunleye Mohamed/Mohammed Ali Hassan/Hasan Abdi Warsame "
    "Yusuf/Yusuff Moyo Ncube Dube Banda Nwosu Appiah Amoah Afolabi Bello",
    "east_european": "Kowalski/Kowalska Nowak Wisniewski/Wisniewska Wojcik Kaminski/Kaminska Lewandowski/Lewandowska Popescu Ionescu Popa "
    "Dumitru Stan Kazlauskas Petrov/Petrova Ivanov/Ivanova Zielinski/Zielinska Mazur Krawczyk Dudek Rusu Munteanu",
}
ALIKE = {
    "F": "Ella/Ellie Mia/Maya Amira/Amina Hana/Hanna Lila/Lola Isla/Ila Sara/Sarah Jaya/Kaya Ava/Eva Anaya/Anya",
    "M": "Jayden/Kayden Ethan/Evan Adam/Aden Hasan/Hussain Noah/Joah Tyler/Taylor Rayan/Rayyan Jason/Mason Leo/Theo Finn/Flynn",
}  # fmt: skip
RARE_STARTS = [
    "Al",
    "Bel",
    "Cor",
    "Dar",
    "El",
    "Fer",
    "Gal",
    "Il",
    "Jor",
    "Kal",
    "Lor",
    "Mar",
    "Nor",
    "Or",
    "Per",
    "Ros",
    "Sel",
    "Tal",
    "Val",
    "Zel",
]
RARE_MIDDLES = ["a", "ed", "i", "o", "u", "an", "ish", "om", "av", "en"]
RARE_ENDS = {"F": ["na", "lia", "rah", "wen", "sha", "tte"], "M": ["n", "rik", "mir", "sh", "don", "vin"]}
GROUPS, SHARES = ("white_british", "south_asian", "black_african", "east_european"), (0.62, 0.2, 0.1, 0.08)
STREETS = [
    "Albert",
    "Bexley",
    "Corporation",
    "Dale",
    "Elm",
    "Foundry",
    "Grange",
    "Irwell",
    "Jubilee",
    "Kiln",
    "Linden",
    "Moss",
]
ENDS = ["Road", "Street", "Avenue", "Close", "Terrace", "Way"]
# Of each agency: the share of children and of adults it knows, which numbers it writes and how often, its slips.
AGENCIES: dict[str, tuple[float, float, dict[str, float], float]] = {
    "school": (0.9, 0.0, {"upn": 0.96}, 0.03),
    "health": (0.95, 0.35, {"nhs_number": 0.93}, 0.03),
    "case_system": (0.3, 0.25, {"nhs_number": 0.4, "upn": 0.5}, 0.05),
    "police": (0.15, 0.2, {}, 0.1),
    "housing": (0.35, 0.45, {}, 0.06),
    "benefits": (0.4, 0.4, {}, 0.05),
    "early_help": (0.2, 0.2, {"upn": 0.3}, 0.07),
}
COLUMNS = (
    "record_id",
    "source",
    "forename",
    "surname",
    "date_of_birth",
    "sex",
    "postcode",
    "address",
    "nhs_number",
    "upn",
)


def spellings(text: str) -> list[list[str]]:
    return [one.split("/") for one in text.split()]


def nhs_numbers() -> Iterator[str]:
    """Numbers of the range kept for tests, each once; a body whose check would be 10 is passed over."""
    for n in range(1_000_000):
        body = f"999{n * 7919 % 1_000_000:06d}"
        check = 11 - sum(int(figure) * weight for figure, weight in zip(body, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            yield body + str(check % 11)


def upn(n: int) -> str:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    body = f"{n % 10**12:012d}"
    return letters[sum(int(f) * w for f, w in zip(body, range(2, 14), strict=True)) % 23] + body


class Maker:
    """Households one after another from one seed, and the records of the people in them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.people: list[dict[str, Any]] = []
        self.rows: list[tuple[str | None, ...]] = []
        self.truth: list[dict[str, Any]] = []
        self.numbers = 0
        self.free = nhs_numbers()

    def common(self, listed: list[Any]) -> Any:
        """One of a list, the first ones far more often, as names are."""
        return listed[min(int(len(listed) * self.chance.random() ** 1.4), len(listed) - 1)]

    def forename(self, group: str, sex: str) -> list[str]:
        if self.chance.random() < 0.75:
            return self.common(spellings(FORENAMES[group][sex]))
        # One in four has a name that few share.
        start, middle = self.chance.choice(RARE_STARTS), self.chance.choice(RARE_MIDDLES)
        return [start + middle + self.chance.choice(RARE_ENDS[sex])]

    def family_name(self, group: str) -> list[str]:
        if self.chance.random() < 0.4:
            return self.common(spellings(SURNAMES[group]))
        # Most surnames are rare.
        middle = "".join(self.chance.choice(["ar", "en", "ol", "ur", "ing", "and", "est", "owe"]) for _ in range(2))
        return [
            self.chance.choice("BCDFGHKLMNPRSTVW")
            + middle
            + self.chance.choice(["ton", "ley", "ski", "ah", "ova", "man", "by"])
        ]

    def home(self) -> tuple[str, str]:
        street = f"{self.chance.choice(STREETS)} {self.chance.choice(ENDS)}"
        code = f"QX{self.chance.randrange(1, 40)} {self.chance.randrange(1, 10)}{self.chance.choice('ABDEFGHJ')}{self.chance.choice('LNPQRSTU')}"
        return f"{self.chance.randrange(1, 220)} {street}", code

    def person(
        self, group: str, surname: list[str], sex: str, born: datetime.date, homes: list[tuple[str, str]], **more: Any
    ) -> dict[str, Any]:
        self.numbers += 1
        one = {
            "true_id": f"T{self.numbers}", "group": group, "surname": surname, "sex": sex, "born": born, "homes": homes,
            "forename": self.forename(group, sex), "nhs_number": next(self.free),
            "upn": None, "twin_of": None, "parents": (), "other_surname": None,
        } | more  # fmt: skip
        self.people.append(one)
        return one

    def household(self) -> None:
        chance = self.chance
        group = chance.choices(GROUPS, SHARES)[0]
        homes = [self.home() for _ in range(2 if chance.random() < 0.25 else 1)]
        surname = self.family_name(group)
        born = datetime.date(1970, 1, 1) + DAY * chance.randrange(33 * 365)
        mother = self.person(group, surname, "F", born, homes)
        if chance.random() < 0.35:
            mother["other_surname"] = self.family_name(group)
        parents = [mother]
        if chance.random() < 0.7:
            theirs = surname if chance.random() < 0.65 else self.family_name(group)
            parents.append(self.person(group, theirs, "M", born - DAY * chance.randrange(-1500, 3500), homes))
        self.children(group, surname, parents, homes)

    def children(
        self, group: str, surname: list[str], parents: list[dict[str, Any]], homes: list[tuple[str, str]]
    ) -> None:
        chance, given = self.chance, set()
        born = max(datetime.date(2008, 9, 1), parents[0]["born"] + DAY * 17 * 365) + DAY * chance.randrange(3000)
        theirs = surname if chance.random() < 0.85 or len(parents) < 2 else parents[1]["surname"]
        for _ in range(chance.choices((1, 2, 3, 4, 5), (38, 36, 16, 7, 3))[0]):
            if born > datetime.date(2025, 12, 1):
                return
            first = self.child(group, theirs, parents, homes, born, given)
            if chance.random() < 0.03:
                self.twin(first, group, theirs, parents, homes, given)
            born += DAY * chance.randrange(330, 1600)

    def child(self, group: str, surname: list[str], parents: list[dict[str, Any]], homes: list[tuple[str, str]], born: datetime.date,
              given: set[str], **more: Any) -> dict[str, Any]:  # fmt: skip
        sex = more.pop("sex", None) or self.chance.choice("FM")
        one = self.person(group, surname, sex, born, homes, parents=tuple(p["true_id"] for p in parents), **more)
        while one["forename"][0] in given:
            one["forename"] = self.forename(group, sex)
        if self.chance.random() < 0.01 and "forename" not in more:
            namesake = next((p for p in parents if p["sex"] == sex), None)
            one["forename"] = namesake["forename"] if namesake else one["forename"]
        given.add(one["forename"][0])
        one["upn"] = upn(873_000_000_000 + self.numbers * 17) if born.year < 2022 else None
        if self.chance.random() < 0.05:
            one["other_surname"] = (
                parents[-1]["surname"] if parents[-1]["surname"] != surname else self.family_name(group)
            )
        return one

    def twin(self, first: dict[str, Any], group: str, surname: list[str], parents: list[dict[str, Any]], homes: list[tuple[str, str]],
             given: set[str]) -> None:  # fmt: skip
        if self.chance.random() < 0.15:
            one, other = self.chance.choice(spellings(ALIKE[first["sex"]]))
            first["forename"] = [one]
            self.child(
                group,
                surname,
                parents,
                homes,
                first["born"],
                given,
                sex=first["sex"],
                forename=[other],
                twin_of=first["true_id"],
            )
        else:
            self.child(group, surname, parents, homes, first["born"], given, twin_of=first["true_id"])

    def slip(self, text: str) -> str:
        at, kind = self.chance.randrange(1, max(2, len(text))), self.chance.randrange(5)
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            return text[:at] + text[at - 1] + text[at:]
        if kind == 2:
            return text[: at - 1] + text[at : at + 1] + text[at - 1] + text[at + 1 :]
        if kind == 3 and len(text) > 6:
            return text[:-1]
        return text[:at] + self.chance.choice(string.ascii_lowercase) + text[at + 1 :]

    def written(self, listed: list[str], slips: float) -> str:
        name = listed[0] if len(listed) == 1 or self.chance.random() < 0.88 else self.chance.choice(listed[1:])
        return self.slip(name) if self.chance.random() < slips else name

    def date(self, born: datetime.date, slips: float) -> str | None:
        roll = self.chance.random()
        if roll < slips * 0.35:
            return None
        if roll < slips * 0.6 and born.day <= 12:
            return datetime.date(born.year, born.day, born.month).isoformat()
        if roll < slips * 0.75:
            return datetime.date(born.year, 1, 1).isoformat()
        if roll < slips:
            return (born + DAY * self.chance.choice((1, -1, 10, -10, 30, 365, -365))).isoformat()
        return born.isoformat()

    def record(self, agency: str, one: dict[str, Any], numbers: dict[str, float], slips: float) -> None:
        chance = self.chance
        surname = one["other_surname"] if one["other_surname"] and chance.random() < 0.35 else one["surname"]
        forename, family = self.written(one["forename"], slips), self.written(surname, slips)
        if chance.random() < slips * 0.1:
            forename, family = family, forename
        lines, code = one["homes"][-1] if chance.random() < 0.3 else one["homes"][0]
        if chance.random() < slips:
            lines = self.slip(lines)
        told = {kind: one[kind] if one[kind] and chance.random() < share else None for kind, share in numbers.items()}
        if told.get("nhs_number") and chance.random() < 0.002:
            told["nhs_number"] = chance.choice(self.people)["nhs_number"]
        record_id = f"R{len(self.rows) + 1}"
        has_place = chance.random() < 0.93
        self.rows.append((
            record_id, agency, forename.upper() if agency == "police" else forename, family, self.date(one["born"], slips),
            one["sex"] if chance.random() > 0.04 else None, code if has_place else None, lines if has_place else None,
            told.get("nhs_number"), told.get("upn"),
        ))  # fmt: skip
        self.truth.append({
            "record_id": record_id, "source": agency, "true_id": one["true_id"], "twin_of": one["twin_of"],
            "ethnicity": one["group"], "sex": one["sex"], "role": "child" if one["parents"] else "adult", "parents": list(one["parents"]),
        })  # fmt: skip

    def records(self) -> None:
        """Each agency once through the people; one record in twelve of an agency is there twice."""
        for agency, (children, adults, numbers, slips) in AGENCIES.items():
            for one in self.people:
                if self.chance.random() < (children if one["parents"] else adults):
                    for _ in range(2 if self.chance.random() < 0.08 else 1):
                        self.record(agency, one, numbers, slips)


def make(rows: int, *, seed: int) -> tuple[pa.Table, pa.Table]:
    """
    About `rows` records of families, in chance order, and their truth.

    Returns people (COLUMNS, all text) and truth (record_id, source, true_id, twin_of, ethnicity, sex, role, parents).
    """
    maker = Maker(seed)
    # A person leaves about 2.3 records.
    while len(maker.people) < rows / 2.3:
        maker.household()
    maker.records()
    order = list(range(len(maker.rows)))
    maker.chance.shuffle(order)
    columns = zip(*(maker.rows[n] for n in order), strict=True)
    people = pa.table(
        {name: pa.array(list(values), pa.string()) for name, values in zip(COLUMNS, columns, strict=True)}
    )
    return people, pa.Table.from_pylist([maker.truth[n] for n in order])
