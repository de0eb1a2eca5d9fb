"""
Made-up names for made-up people: lists by heritage, other spellings of the same name, and the slips of a keyboard.

Spellings matter more than variety: a name written three ways by three agencies is what linkage is tested with.
"""

from __future__ import annotations

import dataclasses

import numpy as np

Words = np.ndarray


def _words(text: str) -> list[str]:
    return text.split()


@dataclasses.dataclass(frozen=True)
class Heritage:
    """Where a family's names come from. `share` of families, 0 to 1; `ethnicity` as the feeds code it."""

    name: str
    share: float
    ethnicity: str
    code: str
    girls: list[str]
    boys: list[str]
    women: list[str]
    men: list[str]
    surnames: list[str]


_GIRLS = _words(
    "Olivia Amelia Isla Ava Lily Freya Ivy Florence Willow Sienna Mia Grace Evie Poppy Elsie Rosie "
    "Isabella Sophia Daisy "
    "Phoebe Matilda Harper Millie Evelyn Ella Maya Charlotte Emily Luna Mila Aria Ruby Sofia Penelope "
    "Alice Ellie Sophie "
    "Eliza Bonnie Violet Robyn Chloe Maisie Erin Lottie Imogen Thea Jessica Holly Esme Darcie Orla Hallie Clara Nancy "
    "Zara Molly Georgia Lola Arabella Summer Lyla Scarlett Hannah Eleanor Lucy Bella Rose Beatrice Skye Eden Elizabeth "
    "Abigail Niamh Tilly Heidi Maddison Lexi Amber Iris Margot Lara Edith Annabelle Ayla Autumn Gracie "
    "Aurora Megan Martha "
    "Amelie Leah Katie Kayleigh Paige Courtney Lacey Tia Keira Demi Shannon Jasmine Faith Hope Libby Anna Naomi Rebecca"
)
_BOYS = _words(
    "Noah Oliver George Arthur Leo Harry Oscar Archie Henry Theodore Freddie Jack Charlie Theo Alfie "
    "Jacob Thomas Finley "
    "Arlo William Lucas Roman Tommy Isaac Teddy Alexander Luca Edward James Joshua Albie Elijah Max Mason Rory Reuben "
    "Ezra Hugo Jude Louie Daniel Logan Harrison Benjamin Samuel Joseph Sebastian Toby Adam Ethan Rowan "
    "Riley Jaxon Elliot "
    "Frankie Jesse Michael Ronnie Dylan Nathan Callum Liam Kian Kai Tyler Connor Cameron Ryan Owen Jamie "
    "Luke Matthew Aaron "
    "Bobby Carter Caleb Gabriel Felix Stanley Harvey Blake Zachary Jenson Jackson Louis Ellis Ollie "
    "Robert David Nicholas "
    "Brandon Kieran Declan Reece Corey Rhys Sean Patrick Austin Ralph Otis Grayson Hudson Bradley Jayden "
    "Leon Dominic Joel"
)
_WOMEN = _words(
    "Sarah Emma Claire Laura Rebecca Gemma Rachel Kelly Victoria Katherine Lisa Nicola Michelle Samantha "
    "Natalie Charlotte "
    "Stephanie Danielle Lauren Amy Hayley Leanne Kirsty Jennifer Joanne Helen Louise Zoe Lucy Hannah "
    "Amanda Donna Stacey "
    "Jodie Kerry Karen Tracey Melissa Naomi Jessica Katie Sophie Chloe Holly Abigail Bethany Natasha "
    "Vanessa Heather Kim "
    "Angela Julie Paula Marie Catherine Anna Alison Jade Chantelle Carly Gail Fiona Lindsay Tara Rosie "
    "Ruth Frances Maxine"
)
_MEN = _words(
    "David James Michael Christopher Matthew Daniel Andrew Paul Mark Stephen Richard Thomas Robert Lee Craig Gary Adam "
    "Jonathan Ryan Simon Benjamin Luke Anthony Kevin Wayne Darren Scott Jamie Stuart Dean Neil Ian Shaun "
    "Carl Martin Philip "
    "Peter Nathan Liam Joshua Samuel Alexander Nicholas Aaron Kieran Ashley Karl Gareth Joseph William "
    "Edward Barry Terry "
    "Jason Graham Russell Marcus Dominic Callum Jordan Bradley Kyle Ross Damian Phillip Trevor Glen Leon "
    "Curtis Jack Harry"
)
_COMMON = _words(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White "
    "Roberts Green Hall "
    "Wood Jackson Clarke Turner Hill Harris Cooper Ward Moore Martin Lewis King Baker Harrison Morris "
    "Allen Scott Carter "
    "Phillips Parker Watson Bennett Young Cook Richardson Shaw Bailey Collins Ellis Marshall Murphy "
    "Murray Bell Cox Adams "
    "Webb Simpson Stevens Hughes Kelly Mills Knight Rogers Gibson Palmer Butler Holmes Hunt Mason Barker "
    "Fisher Grant Price"
)
_STARTS = _words(
    "Ash Brad Bram Brook Burn Cald Carl Chad Cald Clay Cran Croft Dal Den Dray Dun East Elm Fair Farn "
    "Fen Gold Gran Green "
    "Hal Hart Hather Hazel High Hollin Holt Hur Kel Kirk Lang Lang Law Lind Long Marl Mel Mer Mid Morn "
    "Nor North Oak Ock "
    "Orm Pem Pen Rad Red Rush Sal Sel Shel Spen Stan Stave Stock Sutter Tar Thorn Til Tren Wal War West "
    "Whit Win Wood Wyn"
)
_ENDS = _words(
    "bury bridge brook by combe cott croft dale den feld field ford gate ham hurst land ley low man mere "
    "more ridge row "
    "shaw son stead stone ton wade wall way well wick wood worth yard"
)
_BUILT = sorted({a + b for a in _STARTS for b in _ENDS})

HERITAGES: tuple[Heritage, ...] = (
    Heritage("british", 0.70, "white", "WBRI", _GIRLS, _BOYS, _WOMEN, _MEN, _COMMON + _BUILT),
    Heritage(
        "polish",
        0.05,
        "white",
        "WOTH",
        _words(
            "Zofia Maja Julia Hanna Lena Zuzanna Oliwia Amelia Wiktoria Gabriela Michalina Nadia Kaja Pola Aleksandra"
        ),
        _words(
            "Jakub Antoni Jan Szymon Aleksander Franciszek Filip Mikołaj Wojciech Kacper Oskar Adam Michał Łukasz Paweł"
        ),
        _words("Agnieszka Małgorzata Katarzyna Magdalena Anna Joanna Monika Ewelina Aleksandra Karolina Beata Dorota"),
        _words("Piotr Krzysztof Tomasz Paweł Łukasz Marcin Michał Grzegorz Rafał Marek Sławomir Mariusz Bartosz"),
        _words(
            "Kowalski Nowak Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski "
            "Kozłowski Jankowski Mazur Krawczyk Piotrowski Grabowski Pawłowski Michalski Nowicki Adamczyk Dudek"
        ),
    ),
    Heritage(
        "pakistani",
        0.055,
        "asian",
        "APKN",
        _words(
            "Aisha Fatima Zainab Maryam Khadija Hafsa Amina Sumaya Anaya Inaya Zara Safa Haniya Iqra Mahnoor Aleena"
        ),
        _words(
            "Mohammed Muhammad Ibrahim Yusuf Zain Hamza Ali Adam Musa Bilal Umar Hassan Hussain Abdullah Ismail Rayyan"
        ),
        _words("Shazia Nasreen Saima Farzana Rukhsana Samina Uzma Noreen Asma Sadia Tahira Yasmin Bushra Shabana"),
        _words("Mohammed Imran Tariq Nadeem Asif Shahid Kashif Sajid Waqar Zahid Faisal Usman Adnan Naveed"),
        _words(
            "Khan Hussain Ahmed Ali Iqbal Mahmood Akhtar Shah Malik Mirza Butt Chaudhry Qureshi Siddiqui Rashid "
            "Aslam Bashir"
        ),
    ),
    Heritage(
        "bengali",
        0.03,
        "asian",
        "ABAN",
        _words("Aisha Nusrat Tasnim Maliha Sadia Anika Rahima Ruqayyah Zaynab Maisha Sumaiya Tahmina Humaira Nabila"),
        _words("Mohammed Tahmid Rafi Sakib Mahfuz Abdur Yusuf Zakariya Tanvir Shahriar Ayaan Ismail Mahdi Rakib"),
        _words("Shahana Rehana Nazma Salma Rumana Hosneara Jahanara Shirin Lutfa Monwara Ruksana Fahima"),
        _words("Abdul Mohammed Shafiqul Rafiqul Anwar Kamal Jamal Mizanur Harun Faruk Shamim Habibur"),
        _words(
            "Begum Khatun Miah Uddin Rahman Hoque Islam Choudhury Ahmed Ali Hossain Sarker Bhuiyan Talukder Chowdhury"
        ),
    ),
    Heritage(
        "indian",
        0.035,
        "asian",
        "AIND",
        _words("Aanya Diya Anika Priya Riya Saanvi Kavya Meera Simran Jasleen Isha Nisha Avni Mahi Harleen Tara"),
        _words(
            "Aarav Arjun Rohan Vihaan Dev Krish Ishaan Kabir Harpreet Gurdeep Veer Rahul Nikhil Jai Manveer Reyansh"
        ),
        _words("Sunita Anita Deepa Rekha Manjit Kavita Pooja Sangeeta Harjit Neeta Meena Kulwinder Bhavna"),
        _words("Rajesh Sanjay Amit Vijay Harjinder Sukhdev Manish Sunil Anil Baljit Rakesh Deepak Parminder"),
        _words(
            "Patel Singh Kaur Sharma Shah Gill Sandhu Dhillon Mistry Desai Joshi Mehta Kumar Reddy Nair Grewal Chauhan"
        ),
    ),
    Heritage(
        "yoruba",
        0.035,
        "black",
        "BAFR",
        _words(
            "Ayomide Temitope Oluwaseun Adesewa Folake Ifeoluwa Damilola Oluwadamilola Titilayo Morenike "
            "Chidinma Adaeze"
        ),
        _words(
            "Oluwaseun Ayodeji Tobiloba Olumide Adebayo Oluwatobi Kayode Chukwuemeka Emeka Damilare Babatunde Temitayo"
        ),
        _words("Folasade Abimbola Yetunde Omolara Funmilayo Bukola Ngozi Chioma Adunni Olabisi Titilola"),
        _words("Olusegun Babajide Adewale Olumide Kehinde Taiwo Chinedu Emeka Oladipo Femi Rotimi"),
        _words(
            "Adeyemi Okafor Ogunleye Balogun Adebayo Okonkwo Oyelaran Afolabi Adeleke Eze Nwosu Ajayi Olatunji "
            "Bello Akande"
        ),
    ),
    Heritage(
        "somali",
        0.015,
        "black",
        "BAFR",
        _words("Hodan Ayaan Amina Ifrah Sagal Hamdi Idil Zamzam Fartun Maryan Sumaya Nimco"),
        _words("Abdi Mohamed Abdirahman Liban Mahad Zakaria Yahya Guled Ayanle Sharmarke Khalid Bilal"),
        _words("Halima Sahra Khadra Fadumo Asha Nasra Deqa Ubah Hawa Safia"),
        _words("Mohamed Ahmed Abdullahi Hassan Yusuf Farah Ismail Omar Jama Dahir"),
        _words("Abdi Ali Hassan Mohamed Warsame Farah Jama Yusuf Osman Nur Hersi Aden Dahir Egal Abdullahi"),
    ),
    Heritage(
        "caribbean",
        0.025,
        "black",
        "BCRB",
        _words("Aaliyah Tiana Shanice Kiara Jada Imani Nevaeh Tianna Amara Zariah Keziah Renee Chanel Kaya"),
        _words("Jerome Tyrell Malachi Isaiah Marlon Andre Kymani Micah Elijah Nathaniel Zion Tyrese Jermaine Kofi"),
        _words("Sharon Marcia Beverley Yvonne Simone Natalie Chantal Sonia Latoya Jacqueline Angela Keisha"),
        _words("Winston Delroy Leroy Devon Marlon Errol Desmond Jermaine Curtis Andre Clive Tyrone"),
        _words(
            "Campbell Gordon Grant Francis Reid Powell Morgan Stewart Bailey Henry Thomas Brown Clarke Mitchell Barrett"
        ),
    ),
    Heritage(
        "arabic",
        0.025,
        "other",
        "OOTH",
        _words("Layla Noor Maryam Sara Yasmin Lina Hala Rania Salma Dana Jana Malak Fatima Aya"),
        _words("Omar Yousef Ahmad Khaled Karim Ziad Mustafa Samir Hadi Tarek Mahmoud Rami Anas Abdulrahman"),
        _words("Rasha Hanan Mona Nadia Amal Samar Huda Reem Dalia Iman Suhair"),
        _words("Ahmad Mahmoud Khaled Walid Bassam Nabil Fadi Hisham Jamal Yasser Maher"),
        _words("Al-Hassan Haddad Khalil Mansour Nasser Saleh Aziz Hamdan Darwish Farouk Ibrahim Yassin Habib Barakat"),
    ),
    Heritage(
        "chinese",
        0.01,
        "other",
        "CHNE",
        _words("Mei Xin Ying Lan Yue Jia Ling Hui Fang Wen Qing Yan"),
        _words("Wei Jun Hao Ming Lei Jie Feng Bo Tao Peng Yi Chen"),
        _words("Li Xiaohong Mei Yan Juan Fang Hong Jing Min Na"),
        _words("Wei Qiang Jian Yong Jun Gang Hui Bin Hai Chao"),
        _words("Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Lin He Guo"),
    ),
    Heritage("mixed", 0.02, "mixed", "MWBC", _GIRLS, _BOYS, _WOMEN, _MEN, _COMMON + _BUILT),
)

# Spellings that one family's name takes in different offices. The first of a row is the commonest.
_SAME = """
Mohammed Muhammad Mohammad Mohamed Mohamad Muhammed
Yusuf Yousuf Yousef Yusef Youssef
Ibrahim Ebrahim Ibraheem
Umar Omar Umer
Hussain Hussein Husain Hossain
Aisha Ayesha Aysha Aaisha Aishah
Fatima Fatimah Fathima
Zainab Zaynab Zaineb Zeinab
Maryam Mariam Mariyam Miriam
Khadija Khadijah Khadeeja
Amina Aminah Ameena
Abdullah Abdallah Abdulla
Ahmed Ahmad Ahmet
Hassan Hasan Hassaan
Choudhury Chowdhury Chaudhry Chaudhury
Rahman Rehman Rahmaan
Siddiqui Siddiqi Siddique
Begum Begom
Sumaya Sumaiya Sumayyah
Ruqayyah Ruqaya Rukaiya
Zofia Sofia Zosia
Łukasz Lukasz Lucas
Michał Michal Michael
Paweł Pawel Paul
Mikołaj Mikolaj
Małgorzata Malgorzata Gosia
Katarzyna Kasia Katarzyna
Wiktoria Victoria Viktoria
Aleksandra Alexandra Ola
Aleksander Alexander Olek
Wójcik Wojcik
Wiśniewski Wisniewski
Kamiński Kaminski
Zieliński Zielinski
Szymański Szymanski
Woźniak Wozniak
Dąbrowski Dabrowski
Kozłowski Kozlowski
Pawłowski Pawlowski
Rafał Rafal
Sławomir Slawomir
Oluwaseun Seun Oluwaseyi
Oluwadamilola Damilola Dami
Oluwatobi Tobi Oluwatobiloba
Tobiloba Tobi
Ayomide Ayo
Temitope Temi Tope
Ifeoluwa Ife
Chukwuemeka Emeka
Olumide Olu
Adebayo Bayo
Abdirahman Abdulrahman Abdurahman
Mohamed Mohamud
Fadumo Fatuma Faduma
Maryan Maryam
Al-Hassan Alhassan Elhassan
Mahmoud Mahmud Mahmood
Khaled Khalid
Layla Leila Laila
Elizabeth Lizzie Beth Liz
Katherine Kate Katie Catherine
Catherine Cathy Katherine
Samuel Sam
Samantha Sam Sammy
Thomas Tom Tommy
William Will Billy
Alexander Alex
Benjamin Ben
Joshua Josh
Matthew Matt Mathew
Daniel Dan Danny
Joseph Joe Joey
Michael Mike Micheal
Christopher Chris
Jonathan Jon Johnathan
Stephen Steven Steve
Nicholas Nick Nicolas
Rebecca Becky Rebekah
Jessica Jess
Abigail Abi Abbie
Charlotte Charlie Lottie
Isabella Bella Izzy
Eleanor Ellie Elenor
Sophia Sofia Sophie
Theodore Theo Teddy
Frederick Freddie Fred
Zachary Zac Zach
Jaxon Jackson Jaxson
Kayleigh Kayley Keeley
Niamh Neve Nieve
Sean Shaun Shawn
Callum Calum
Stephanie Steph Stefanie
Natalie Nat Nathalie
Claire Clare
Philip Phillip Phil
Stacey Stacy
Tracey Tracy
Hannah Hanna
Anna Ana
"""
VARIANTS: dict[str, list[str]] = {}
for _line in _SAME.strip().splitlines():
    _row = _line.split()
    for _name in _row[:1] if len(_row) == 1 else _row:
        VARIANTS.setdefault(_name, [other for other in _row if other != _name])

# Pairs that parents of twins choose, and that linkage must keep apart.
TWIN_LIKE = {
    "F": [
        ("Ella", "Ellie"),
        ("Lily", "Lola"),
        ("Emily", "Emilia"),
        ("Mia", "Maya"),
        ("Aaliyah", "Aleena"),
        ("Freya", "Fearne"),
    ],
    "M": [
        ("Jayden", "Jaydon"),
        ("Harry", "Harvey"),
        ("Jack", "Jake"),
        ("Ethan", "Evan"),
        ("Kai", "Kian"),
        ("Hassan", "Hussain"),
    ],
}


def choose(rng: np.random.Generator, words: list[str], how_many: int, *, skew: float = 0.6) -> Words:
    """Pick names, commoner ones first: the n-th of the list has weight 1 / n to the power `skew`."""
    weights = 1.0 / np.arange(1, len(words) + 1) ** skew
    picked = rng.choice(len(words), size=how_many, p=weights / weights.sum())
    return np.array(words, dtype=object)[picked]


def other_spelling(rng: np.random.Generator, word: str) -> str:
    options = VARIANTS.get(word)
    return options[int(rng.integers(len(options)))] if options else word


def slip(rng: np.random.Generator, word: str) -> str:
    """One keyboard slip: a letter dropped, doubled, swapped with its neighbour or replaced."""
    if len(word) < 3:
        return word
    at = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(4))
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + "aeiounrst"[int(rng.integers(9))] + word[at + 1 :]
